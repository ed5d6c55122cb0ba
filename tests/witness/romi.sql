-- What the margin leaves over the money, per money.
select $cohort_margin::double / nullif($spend::double, 0) - 1

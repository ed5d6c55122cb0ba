-- What the revenue leaves over the money, per money.
select $cohort_revenue::double / nullif($spend::double, 0) - 1

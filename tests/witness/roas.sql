-- Revenue per money.
select $cohort_revenue::double / nullif($spend::double, 0)

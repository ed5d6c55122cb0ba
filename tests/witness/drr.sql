-- Money as a share of revenue.
select $spend::double / nullif($cohort_revenue::double, 0)

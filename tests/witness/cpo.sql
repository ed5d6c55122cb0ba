-- Money per sale.
select $spend::double / nullif($cohort_won::double, 0)

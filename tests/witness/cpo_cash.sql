-- Money per sale.
select $spend::double / nullif($won::double, 0)

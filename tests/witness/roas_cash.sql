-- Revenue per money.
select $revenue::double / nullif($spend::double, 0)

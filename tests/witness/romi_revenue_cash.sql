-- What the revenue leaves over the money, per money.
select $revenue::double / nullif($spend::double, 0) - 1

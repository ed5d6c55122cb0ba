-- What the margin leaves over the money, per money.
select $margin::double / nullif($spend::double, 0) - 1

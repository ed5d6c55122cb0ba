-- Money per new client.
select $spend::double / nullif($acquired::double, 0)

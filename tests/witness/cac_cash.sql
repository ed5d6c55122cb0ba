-- Money per new client.
select $spend::double / nullif($acquired_cash::double, 0)

-- Money per deal created.
select $spend::double / nullif($leads::double, 0)

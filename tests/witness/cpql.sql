-- Money per deal created that is no junk.
select $spend::double / nullif($target_leads::double, 0)

-- Cards with a gap.
with kept as (select * from clients)
select {by} case when count(completeness_share) > 0 then count(*) filter (completeness_share < 1) end as value
from kept
group by all

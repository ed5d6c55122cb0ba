-- Of cards whose completeness is known, those without a gap.
with kept as (select * from clients)
select {by} avg((completeness_share >= 1)::integer) as value
from kept
group by all

-- Mean completeness of cards.
with kept as (select * from clients)
select {by} avg(completeness_share) as value
from kept
group by all

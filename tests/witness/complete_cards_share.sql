-- Of the cards that are told, the full ones.
with kept as (
    select *
    from clients
)
select {by} avg(case when completeness_share is not null then (completeness_share = 1)::int end) as value
from kept
group by all

-- Clients with an owner.
with kept as (
    select *
    from clients
)
select {by} count(*) - coalesce(sum(is_unowned::int), 0) as value
from kept
group by all

-- All clients of the base.
with kept as (
    select *
    from clients
)
select {by} count(*) as value
from kept
group by all

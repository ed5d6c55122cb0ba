-- Clients whose latest purchase is less than the active window old.
with kept as (
    select *
    from clients
)
select {by} coalesce(sum(case when date_diff('day', last_won_on, $as_of::date) < active_days then 1 else 0 end), 0) as value
from kept
group by all

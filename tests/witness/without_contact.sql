-- Clients last touched longer ago than allowed, or never; unknown without any touches.
with kept as (
    select *,
        last_contact_on is null or date_diff('day', last_contact_on, $as_of::date) > no_contact_days as silent
    from clients
)
select {by} case when count(contacts_month_count) > 0 then coalesce(sum(case when silent then 1 else 0 end), 0) end as value
from kept
group by all

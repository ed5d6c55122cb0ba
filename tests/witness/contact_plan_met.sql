-- Of the clients due any contact, those who had enough.
with kept as (
    select *
    from clients
)
select {by} case when count(contacts_month_count) > 0 then avg(case when contact_quota > 0 then (contacts_month_count >= contact_quota)::int end) end as value
from kept
group by all

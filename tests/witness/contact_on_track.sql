-- Of the clients due any contact, those who had the whole contacts due by the day of the month.
with kept as (
    select *
    from clients
)
select {by} case when count(contacts_month_count) > 0 then avg(case when contact_quota > 0 then (contacts_month_count >= floor(contact_quota * day($as_of::date) / day(last_day($as_of::date)) + 0.001))::int end) end as value
from kept
group by all

-- The mean of "not touched for longer than allowed, or never".
with kept as (
    select *,
        last_contact_on is null or date_diff('day', last_contact_on, $as_of::date) > no_contact_days as silent
    from clients
)
select {by} case when count(contacts_month_count) > 0 then avg(silent::int) end as value
from kept
group by all

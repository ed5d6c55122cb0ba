-- Contacts of this month, added up.
with kept as (
    select *
    from clients
)
select {by} case when count(contacts_month_count) > 0 then sum(contacts_month_count) end as value
from kept
group by all

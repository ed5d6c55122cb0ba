-- Each client counts up to its own quota.
with kept as (
    select *
    from clients
)
select {by} case when count(contacts_month_count) > 0 then sum(case when contacts_month_count < contact_quota then contacts_month_count else contact_quota end) / nullif(sum(contact_quota), 0) end as value
from kept
group by all

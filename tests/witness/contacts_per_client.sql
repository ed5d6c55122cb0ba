-- Contacts of this month over active clients only.
with kept as (
    select *
    from clients
)
select {by} case when count(contacts_month_count) > 0 then sum(case when is_active then contacts_month_count end)::double / nullif(count(case when is_active then 1 end), 0) end as value
from kept
group by all

-- Contacts due this month, added up.
with kept as (
    select *
    from clients
)
select {by} coalesce(sum(contact_quota), 0) as value
from kept
group by all

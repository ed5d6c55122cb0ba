-- Deals created in the period that are not junk.
with kept as (
    select *, created_on as dated_on
    from selling_deals
    where ($start::date is null and $end::date is null)
       or (created_on >= coalesce($start::date, date '0001-01-01') and created_on < coalesce($end::date, date '9999-12-31'))
)
select {by} count(*) - count(*) filter (where outcome = 'junk') as value
from kept
group by all

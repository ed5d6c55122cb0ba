-- Amounts of deals lost in the period: 0 when none was lost, null when none of the lost has one, or only zero.
with kept as (
    select *, closed_on as dated_on
    from selling_deals
    where ($start::date is null and $end::date is null)
       or (closed_on >= coalesce($start::date, date '0001-01-01') and closed_on < coalesce($end::date, date '9999-12-31'))
)
select {by} case when count(*) filter (outcome = 'lost') = 0 then 0 else sum(nullif(amount, 0)) filter (outcome = 'lost') end as value
from kept
group by all

-- What is not junk among the deals created in the period.
with kept as (
    select *, created_on as dated_on
    from selling_deals
    where ($start::date is null and $end::date is null)
       or (created_on >= coalesce($start::date, date '0001-01-01') and created_on < coalesce($end::date, date '9999-12-31'))
)
select {by} 1 - avg(case outcome when 'junk' then 1.0 else 0.0 end) as value
from kept
group by all

-- Amounts of the deals won; nothing won is zero, won without any amount is unknown (sum of nulls).
with kept as (
    select *, closed_on as dated_on
    from selling_deals
    where ($start::date is null and $end::date is null)
       or (closed_on >= coalesce($start::date, date '0001-01-01') and closed_on < coalesce($end::date, date '9999-12-31'))
)
select {by} case when count(*) filter (where outcome = 'won') = 0 then 0 else sum(case when outcome = 'won' then amount end) end as value
from kept
group by all

-- Amounts of the deals created in the period and won by now; unknown when some are won and none has an amount.
with kept as (
    select *, created_on as dated_on
    from selling_deals
    where ($start::date is null and $end::date is null)
       or (created_on >= coalesce($start::date, date '0001-01-01') and created_on < coalesce($end::date, date '9999-12-31'))
)
select {by} case when count(*) filter (outcome = 'won') = 0 then 0 else sum(amount) filter (outcome = 'won') end as value
from kept
group by all

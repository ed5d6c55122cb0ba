-- Deals won in the period whose amount is above zero.
with kept as (
    select *, closed_on as dated_on
    from selling_deals
    where ($start::date is null and $end::date is null)
       or (closed_on >= coalesce($start::date, date '0001-01-01') and closed_on < coalesce($end::date, date '9999-12-31'))
)
select {by} count(case when outcome = 'won' and amount > 0 then 1 end) as value
from kept
group by all

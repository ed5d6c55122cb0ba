-- Mean amount of the deals won that have one above zero.
with kept as (
    select *, closed_on as dated_on
    from selling_deals
    where ($start::date is null and $end::date is null)
       or (closed_on >= coalesce($start::date, date '0001-01-01') and closed_on < coalesce($end::date, date '9999-12-31'))
)
select {by} avg(case when 0 < amount and outcome = 'won' then amount end) as value
from kept
group by all

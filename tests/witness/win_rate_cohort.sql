-- Deals won so far as a share of target leads created in the period.
with kept as (
    select *, created_on as dated_on
    from selling_deals
    where ($start::date is null and $end::date is null)
       or (created_on >= coalesce($start::date, date '0001-01-01') and created_on < coalesce($end::date, date '9999-12-31'))
)
select {by} avg(case outcome when 'won' then 1.0 when 'lost' then 0.0 when 'open' then 0.0 end) as value
from kept
group by all

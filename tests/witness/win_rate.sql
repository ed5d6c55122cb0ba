-- Deals won as a share of deals won or lost in the period; the rest is null and avg passes over it.
with kept as (
    select *, closed_on as dated_on
    from selling_deals
    where ($start::date is null and $end::date is null)
       or (closed_on >= coalesce($start::date, date '0001-01-01') and closed_on < coalesce($end::date, date '9999-12-31'))
)
select {by} avg(case outcome when 'won' then 1.0 when 'lost' then 0.0 end) as value
from kept
group by all

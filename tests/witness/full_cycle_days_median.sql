-- Days from creation to the win or the loss of the deals won or lost in the period.
with kept as (
    select *, closed_on as dated_on
    from selling_deals
    where ($start::date is null and $end::date is null)
       or (closed_on >= coalesce($start::date, date '0001-01-01') and closed_on < coalesce($end::date, date '9999-12-31'))
)
select {by} quantile_cont(case when outcome in ('won', 'lost') and cycle_days >= 0 then cycle_days end, 0.5) as value
from kept
group by all

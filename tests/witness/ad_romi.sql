-- What the report's revenue leaves over the money, per money.
with kept as (
    select *, spent_on as dated_on
    from costs
    where ($start::date is null and $end::date is null)
       or (spent_on >= coalesce($start::date, date '0001-01-01') and spent_on < coalesce($end::date, date '9999-12-31'))
)
select {by} sum(ad_revenue)::double / nullif(sum(spend)::double, 0) - 1 as value
from kept
group by all

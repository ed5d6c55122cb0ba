-- Months in which a client came back.
with kept as (
    select *, month_on as dated_on
    from client_months
    where ($start::date is null and $end::date is null)
       or (month_on >= coalesce($start::date, date '0001-01-01') and month_on < coalesce($end::date, date '9999-12-31'))
)
select {by} count(case state when 'reactivated' then 1 end) as value
from kept
group by all

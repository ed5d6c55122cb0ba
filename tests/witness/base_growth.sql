-- Who came and came back, less who lapsed.
with kept as (
    select *, month_on as dated_on
    from client_months
    where ($start::date is null and $end::date is null)
       or (month_on >= coalesce($start::date, date '0001-01-01') and month_on < coalesce($end::date, date '9999-12-31'))
)
select {by} coalesce(sum(case state when 'new' then 1 when 'reactivated' then 1 when 'lapsed' then -1 else 0 end), 0) as value
from kept
group by all

-- Median seconds before an incoming call was answered.
with kept as (
    select *, started_on as dated_on
    from calls
    where ($start::date is null and $end::date is null)
       or (started_on >= coalesce($start::date, date '0001-01-01') and started_on < coalesce($end::date, date '9999-12-31'))
)
select {by} median(case when direction = 'in' and is_answered then wait_seconds end) as value
from kept
group by all

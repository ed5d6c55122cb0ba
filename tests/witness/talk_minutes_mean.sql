-- Mean minutes of the answered outside calls.
with kept as (
    select *, started_on as dated_on
    from calls
    where ($start::date is null and $end::date is null)
       or (started_on >= coalesce($start::date, date '0001-01-01') and started_on < coalesce($end::date, date '9999-12-31'))
)
select {by} avg(case when direction is distinct from 'internal' and is_answered then talk_seconds / 60 end) as value
from kept
group by all

-- Minutes of the answered outside calls: 0 when there are calls and none was answered, null when no length is known.
with kept as (
    select *, started_on as dated_on
    from calls
    where ($start::date is null and $end::date is null)
       or (started_on >= coalesce($start::date, date '0001-01-01') and started_on < coalesce($end::date, date '9999-12-31'))
)
select {by} case when count(*) = 0 then null when count(*) filter (direction is distinct from 'internal' and is_answered) = 0 then 0 else sum(talk_seconds) filter (direction is distinct from 'internal' and is_answered) / 60 end as value
from kept
group by all

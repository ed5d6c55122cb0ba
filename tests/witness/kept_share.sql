-- Of promises kept, late or forgotten, those kept.
with kept as (
    select *, due_on as dated_on
    from promises
    where ($start::date is null and $end::date is null)
       or (due_on >= coalesce($start::date, date '0001-01-01') and due_on < coalesce($end::date, date '9999-12-31'))
)
select {by} avg(case when outcome = 'kept' then 1.0 when outcome <> 'not_due' and not is_overtaken then 0.0 end) as value
from kept
group by all

-- Promises late that no closing overtook.
with kept as (
    select *, due_on as dated_on
    from promises
    where ($start::date is null and $end::date is null)
       or (due_on >= coalesce($start::date, date '0001-01-01') and due_on < coalesce($end::date, date '9999-12-31'))
)
select {by} case when count(*) > 0 then count(*) filter (outcome = 'late' and not is_overtaken) end as value
from kept
group by all

-- Calls that are not within the house; null where the log holds none at all.
with kept as (
    select *, started_on as dated_on
    from calls
    where ($start::date is null and $end::date is null)
       or (started_on >= coalesce($start::date, date '0001-01-01') and started_on < coalesce($end::date, date '9999-12-31'))
)
select {by} case when count(call_id) > 0 then count(*) filter (direction is distinct from 'internal') end as value
from kept
group by all

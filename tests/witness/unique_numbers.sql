-- Different outside numbers; null where no number is known.
with kept as (
    select *, started_on as dated_on
    from calls
    where ($start::date is null and $end::date is null)
       or (started_on >= coalesce($start::date, date '0001-01-01') and started_on < coalesce($end::date, date '9999-12-31'))
)
select {by} case when count(phone) > 0 then count(distinct phone) filter (direction is distinct from 'internal') end as value
from kept
group by all

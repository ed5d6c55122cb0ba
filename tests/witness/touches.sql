-- Touches; null where there are none.
with kept as (
    select *, touched_on as dated_on
    from touches
    where ($start::date is null and $end::date is null)
       or (touched_on >= coalesce($start::date, date '0001-01-01') and touched_on < coalesce($end::date, date '9999-12-31'))
)
select {by} nullif(count(*), 0) as value
from kept
group by all

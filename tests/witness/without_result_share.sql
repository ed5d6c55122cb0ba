-- The mean of "no result written"; unknown when none ever is.
with kept as (
    select *, touched_on as dated_on
    from touches
    where ($start::date is null and $end::date is null)
       or (touched_on >= coalesce($start::date, date '0001-01-01') and touched_on < coalesce($end::date, date '9999-12-31'))
)
select {by} case when count(result) > 0 then avg((result is null)::int) end as value
from kept
group by all

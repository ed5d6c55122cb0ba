-- Of touches, those without a result; null where no touch of all has one.
with kept as (
    select *, touched_on as dated_on
    from touches
    where ($start::date is null and $end::date is null)
       or (touched_on >= coalesce($start::date, date '0001-01-01') and touched_on < coalesce($end::date, date '9999-12-31'))
)
select {by} case when (select count(result) from touches) > 0 then avg((result is null)::integer) end as value
from kept
group by all

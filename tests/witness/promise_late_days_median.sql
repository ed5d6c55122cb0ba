-- Median working days of late and forgotten promises.
with kept as (
    select *, due_on as dated_on
    from promises
    where ($start::date is null and $end::date is null)
       or (due_on >= coalesce($start::date, date '0001-01-01') and due_on < coalesce($end::date, date '9999-12-31'))
)
select {by} median(case when outcome in ('late', 'forgotten') and not is_overtaken then late_days end) as value
from kept
group by all

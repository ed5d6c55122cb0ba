-- Of the visits to open stages that ended in the period, those that ended by moving on.
with kept as (
    select *, left_on as dated_on
    from selling_visits
    where ($start::date is null and $end::date is null)
       or (left_on >= coalesce($start::date, date '0001-01-01') and left_on < coalesce($end::date, date '9999-12-31'))
)
select {by} avg(case when stage_type = 'open' and exit <> 'still_there' then (exit = 'advanced')::integer end) as value
from kept
group by all

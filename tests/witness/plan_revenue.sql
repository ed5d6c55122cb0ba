-- Planned revenue of the months that begin in the period; the rest of the team's plan has no manager.
with planned as (
    select metric_name, month_on, manager_name, target::double as target,
        target::double * coalesce(elapsed_workdays_count / nullif(workdays_count, 0), 0) as expected,
        workdays_count - elapsed_workdays_count as days_left
    from plans
    where metric_name in ('revenue', 'won') and month_on is not null
), parts as (
    select *, 0::double as done from planned
    union all
    select metric_name, month_on, null, -target, -expected, null, 0
    from planned
    where manager_name is not null
      and (metric_name, month_on) in (select (metric_name, month_on) from planned where manager_name is null)
), kept as (
    select *, month_on as dated_on, metric_name = 'revenue' as is_it, month_on <= $as_of::date as is_begun,
        month_on = date_trunc('month', $as_of::date) as is_running
    from parts
    where ($start::date is null and $end::date is null)
       or (month_on >= coalesce($start::date, date '0001-01-01') and month_on < coalesce($end::date, date '9999-12-31'))
)
select {by} sum(target) filter (where is_it) as value
from kept
group by all

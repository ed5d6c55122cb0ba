-- What is left of the running month's plan, not below zero; a plan without a number is no plan (greatest() passes over nulls).
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
    union all
    select 'revenue', month_on, case when is_own then manager_name end, 0, 0, null, coalesce(amount::double, 0)
    from (
        select *, date_trunc('month', closed_on)::date as month_on, coalesce((manager_name, date_trunc('month', closed_on)::date) in (
            select (manager_name, month_on) from planned where metric_name = 'revenue' and manager_name is not null), false) as is_own
        from deals
        where outcome = 'won' and coalesce(is_sales, true) and closed_on is not null
    )
    where is_own or month_on in (select month_on from planned where metric_name = 'revenue' and manager_name is null)
), kept as (
    select *, month_on as dated_on, metric_name = 'revenue' as is_it, month_on <= $as_of::date as is_begun,
        month_on = date_trunc('month', $as_of::date) as is_running
    from parts
    where ($start::date is null and $end::date is null)
       or (month_on >= coalesce($start::date, date '0001-01-01') and month_on < coalesce($end::date, date '9999-12-31'))
)
select {by} case when count(target) filter (where is_it and is_running) > 0 then greatest(sum(target - done) filter (where is_it and is_running), 0) end as value
from kept
group by all

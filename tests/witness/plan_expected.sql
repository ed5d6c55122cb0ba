-- The revenue plan times the share of working days that are over, in months that have begun.
with own as (
    select metric_name, month_on, manager_name, target::double as target, workdays_count, elapsed_workdays_count
    from plans
    where manager_name is not null and month_on is not null
), sold as (
    select date_trunc('month', closed_on)::date as month_on, manager_name, coalesce(sum(amount)::double, 0) as revenue, count(*) as won
    from deals
    where outcome = 'won' and coalesce(is_sales, true) and closed_on is not null
    group by all
), plan as (
    select o.metric_name, o.month_on, o.manager_name, o.target,
        o.target * o.elapsed_workdays_count / nullif(o.workdays_count, 0) as expected,
        coalesce(case o.metric_name when 'revenue' then s.revenue else s.won end, 0)::double as done,
        o.workdays_count - o.elapsed_workdays_count as days_left
    from own o left join sold s using (month_on, manager_name)
    union all
    select t.metric_name, t.month_on, null,
        t.target::double - coalesce((select sum(o.target) from own o where (o.metric_name, o.month_on) = (t.metric_name, t.month_on)), 0),
        t.target::double * t.elapsed_workdays_count / nullif(t.workdays_count, 0) - coalesce((
            select sum(o.target * o.elapsed_workdays_count / nullif(o.workdays_count, 0))
            from own o where (o.metric_name, o.month_on) = (t.metric_name, t.month_on)), 0),
        coalesce((
            select sum(case t.metric_name when 'revenue' then s.revenue else s.won end)::double
            from sold s
            where s.month_on = t.month_on and not exists (
                select 1 from own o
                where (o.metric_name, o.month_on) = (t.metric_name, t.month_on) and o.manager_name = s.manager_name)), 0),
        t.workdays_count - t.elapsed_workdays_count
    from plans t
    where t.manager_name is null and t.month_on is not null
), kept as (
    select *, month_on as dated_on
    from plan
    where metric_name = 'revenue'
      and (($start::date is null and $end::date is null)
       or (month_on >= coalesce($start::date, date '0001-01-01') and month_on < coalesce($end::date, date '9999-12-31')))
)
select {by} sum(expected) filter (where month_on <= $as_of::date) as value
from kept
group by all

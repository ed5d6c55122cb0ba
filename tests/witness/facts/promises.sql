-- One row per task with a due moment: kept by an outgoing contact from a day before it, or done, by the end of the due day.
with due as (
    select *, timezone($zone, due_at)::date as due_on, timezone($zone, $as_of::timestamptz)::date as today,
        coalesce('client ' || client_id, 'deal ' || deal_id) as key
    from tasks where due_at is not null
), found as (
    select *, least(
        (select min(moment) from contacts c where c.key = due.key and c.is_outgoing and c.moment >= due.due_at - interval 24 hour
            and (due.created_at is null or c.moment > due.created_at)),
        if(done_at <= $as_of::timestamptz, done_at, null)
    ) as kept_at
    from due
), said as (
    select *, timezone($zone, kept_at)::date as kept_on,
        case when kept_at is null then if(due_on < today, 'forgotten', 'not_due')
            when timezone($zone, kept_at)::date <= due_on then 'kept' else 'late' end as outcome
    from found
)
select 'task ' || task_id as promise_id, outcome, kept_at,
    case when outcome in ('late', 'forgotten') then (
        select count(*) from working where timezone($zone, opens)::date > due_on
            and timezone($zone, opens)::date <= coalesce(kept_on, today)
    )::double end as late_days
from said order by promise_id

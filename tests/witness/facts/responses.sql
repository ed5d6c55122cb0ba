-- One row per deal, straight from the definitions: contacts of its client between the creation and a day after the closing.
with leads as (
    select d.*, coalesce('client ' || client_id, 'deal ' || deal_id) as key,
        least(closed_at + interval 24 hour, $as_of::timestamptz) as until,
        is_logged(manager_name, timezone($zone, created_at)::date) as logged,
        timezone($zone, created_at)::time = time '00:00' as is_day_only
    from deals d
), found as (
    select l.*,
        (select min(moment) from contacts c where c.key = l.key and (c.is_outgoing or c.is_talk)
            and c.moment between l.created_at and l.until) as answered_at,
        (select min(moment) from contacts c where c.key = l.key and c.is_talk and c.moment between l.created_at and l.until) as reached_at,
        coalesce((select bool_or(c.is_talk) from contacts c where c.key = l.key
            and c.moment >= l.created_at - interval 24 hour and c.moment < l.created_at), false) as before,
        (select min(moment) from contacts c where c.key = l.key
            and c.moment >= l.created_at - interval 24 hour and c.moment < l.created_at) as first_at
    from leads l
)
select deal_id, answered_at, reached_at, before as is_answered_before, logged as has_telephony,
    coalesce(first_at, created_at) as first_touch_at,
    (select max(moment) from contacts c where c.key = f.key and c.is_touch and c.moment <= f.until
        and c.moment >= coalesce(f.first_at, f.created_at)) as last_touch_at,
    case when before then 0
        when not is_day_only then worked(created_at, answered_at) * if(answered_at is null, null, 1) end as response_minutes,
    case when not before and answered_at is null and not is_day_only and logged
        then worked(created_at, least(until, (select last_at from log))) end as waited_minutes,
    case when logged then (select count(*) from contacts c where c.key = f.key and c.is_call and c.is_outgoing
        and c.moment between f.created_at and coalesce(f.reached_at, f.until)) end as attempts_count
from found f
order by deal_id

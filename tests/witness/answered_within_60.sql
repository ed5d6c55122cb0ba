-- Product-limit estimate at 60 minutes; null when nobody was watched so long and not all are answered.
with answers as (
    select responses.*, closed_on, closed_at,
        has_telephony and not is_answered_before as is_covered,
        case when not has_telephony or is_answered_before then null
            when is_answered then response_minutes
            when responses.outcome <> 'open' and closed_at <= (select max(started_at) from calls) and waited_minutes is not null then 'inf'::double
            else waited_minutes end as minutes
    from responses left join deals using (deal_id)
    where coalesce(is_sales, true)
), kept as (
    select *, created_on as dated_on
    from answers
    where ($start::date is null and $end::date is null)
       or (created_on >= coalesce($start::date, date '0001-01-01') and created_on < coalesce($end::date, date '9999-12-31'))
), watchers as (
    select *, row_number() over () as who
    from (select {by} list({m: minutes, a: is_answered}) filter (minutes is not null) as watched from kept group by all)
), steps as (
    select who, x.m as minute, count(*) filter (x.a) as answered, count(*) as n
    from (select who, unnest(watched) as x from watchers) group by all
), risks as (
    select who, minute, answered, sum(n) over (partition by who order by minute desc) as at_risk from steps
), curve as (
    select who, minute, 1 - product(1 - answered / at_risk) over (partition by who order by minute) as share
    from risks where answered > 0
), longest as (
    select who, max(minute) as minutes from steps group by who
), told as (
    select who, max(share) as most, max(share) filter (minute <= 60) as share from curve group by who
)
select watchers.* exclude (watched, who),
    case when coalesce(longest.minutes >= 60, false) or most >= 1 - 1e-9 then coalesce(share, 0) end as value
from watchers left join longest using (who) left join told using (who)

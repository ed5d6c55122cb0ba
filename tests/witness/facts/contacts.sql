-- Every contact with a client (or a deal without one) up to $as_of, from the core tables; names of tasks as the tests use them.
create or replace table working as
select timezone($zone, day + interval 9 hour) as opens, timezone($zone, day + interval 18 hour) as closes
from (select unnest(generate_series(timestamp '2026-03-01', timestamp '2026-06-01', interval 1 day)) as day)
where isodow(day) <= 5;

create or replace macro worked(a, b) as (
    select coalesce(sum(greatest(0, epoch(least(b, closes)) - epoch(greatest(a, opens)))), 0) / 60
    from working where closes > a and opens < b
);

create or replace table log as
select min(timezone($zone, started_at)::date) as first_on, max(timezone($zone, started_at)::date) as last_on,
    max(started_at) as last_at
from calls where not is_internal and started_at <= $as_of::timestamptz;

create or replace macro is_logged(who, day) as (
    coalesce(
        (who is null or exists (
            select 1 from calls k where k.manager_name = who and not k.is_internal and k.started_at <= $as_of::timestamptz
        )) and day between (select first_on from log) and (select last_on from log),
        false
    )
);

create or replace table contacts as
select coalesce('client ' || client_id, 'deal ' || deal_id) as key, call_id as id, deal_id, started_at as moment, 'call' as kind,
    null as result, true as is_call, coalesce(direction = 'out', false) as is_outgoing,
    is_answered and coalesce(talk_seconds >= 5, true) as is_talk,
    is_answered and coalesce(talk_seconds >= 30, true) as is_touch
from calls where not is_internal and (client_id is not null or deal_id is not null) and started_at <= $as_of::timestamptz
union all
select coalesce('client ' || client_id, 'deal ' || deal_id), task_id, deal_id, done_at, k.kind, result, false,
    k.kind <> 'meeting', false, true
from tasks join task_kinds k using (task_name)
where done_at <= $as_of::timestamptz and k.kind is not null and (client_id is not null or deal_id is not null)
    and not (k.kind = 'call' and is_logged(manager_name, timezone($zone, done_at)::date));

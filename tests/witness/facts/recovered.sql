-- Missed calls, each with the first later talk with its number, if that came within 60 working minutes.
select m.call_id, if(worked(m.started_at, m.talked_at) <= 60, m.talked_at, null) as recovered_at,
    not exists (
        -- the episode goes on: a missed call of the number within half an hour before, and no talk since
        select 1 from calls p
        where p.phone = m.phone and p.direction = 'in' and not p.is_answered
            and (p.started_at, p.call_id) < (m.started_at, m.call_id) and m.started_at - p.started_at <= interval 30 minute
            and not exists (
                select 1 from calls b
                where b.phone = m.phone and b.is_answered and coalesce(b.talk_seconds >= 5, true) and not b.is_internal
                    and b.started_at > p.started_at and b.started_at <= m.started_at
            )
    ) as is_first
from (
    select *, (
        select min(c.started_at) from calls c
        where c.phone = x.phone and c.is_answered and coalesce(c.talk_seconds >= 5, true) and not c.is_internal
            and c.started_at > x.started_at
    ) as talked_at
    from calls x
) m
where m.direction = 'in' and not m.is_answered
order by m.call_id

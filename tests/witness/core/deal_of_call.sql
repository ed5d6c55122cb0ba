-- The deal of a call: the client's open one created last; else the next one created within $before hours;
-- else the one of those created before that closed last, within $after hours. Then by creation, then by number.
with pairs as (
    select c.call_id, c.started_at, d.*,
        d.created_at <= c.started_at as begun,
        coalesce(d.closed_at, timestamptz '9999-01-01') as ends_at
    from calls c left join deals d on d.client_id = c.client_id
),
ranked as (
    select call_id, deal_id, 1 as way,
        row_number() over (partition by call_id order by created_at desc, deal_id desc) as place
    from pairs where begun and ends_at >= started_at
    union all
    select call_id, deal_id, 2,
        row_number() over (partition by call_id order by created_at, deal_id)
    from pairs where not begun and created_at <= started_at + to_hours($before)
    union all
    select call_id, deal_id, 3,
        row_number() over (partition by call_id order by ends_at desc, created_at desc, deal_id desc)
    from pairs where begun and ends_at < started_at and ends_at >= started_at - to_hours($after)
)
select calls.call_id, arg_min(ranked.deal_id, ranked.way), min(ranked.way)
from calls left join ranked on ranked.call_id = calls.call_id and ranked.place = 1
group by calls.call_id

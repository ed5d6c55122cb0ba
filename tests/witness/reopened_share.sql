-- Of the deals created in the period and watched, those with a visit to a final stage that ended by moving back.
with kept as (
    select *, created_on as dated_on
    from selling_deals
    where ($start::date is null and $end::date is null)
       or (created_on >= coalesce($start::date, date '0001-01-01') and created_on < coalesce($end::date, date '9999-12-31'))
), watched as (
    select deal_id
    from selling_deals d
    where history in ('events', 'dates') and exists (from selling_visits v where v.deal_id = d.deal_id)
)
select {by} avg(
    case when deal_id in (from watched select deal_id) then (deal_id in (from selling_visits select deal_id where exit = 'moved_back' and stage_type <> 'open'))::integer end
) as value
from kept
group by all

-- Of the deals created in the period and watched, those whose step forward passed over a stage that was due.
with kept as (
    select *, created_on as dated_on
    from selling_deals
    where ($start::date is null and $end::date is null)
       or (created_on >= coalesce($start::date, date '0001-01-01') and created_on < coalesce($end::date, date '9999-12-31'))
), watched as (
    select deal_id
    from selling_deals d
    where history in ('events', 'dates') and exists (from selling_visits v where v.deal_id = d.deal_id)
), steps as (
    select deal_id, funnel_name, exit, stage_order as from_order,
        lead(stage_order) over (partition by deal_id order by visit_number) as to_order
    from selling_visits
), jumped as (
    select distinct deal_id
    from steps join stages due using (funnel_name)
    where exit = 'advanced' and due.stage_type = 'open' and not due.is_optional and not due.is_unmapped
      and due.stage_order > from_order and due.stage_order < to_order
)
select {by} avg(
    case when deal_id in (from watched select deal_id) then (deal_id in (from jumped select deal_id))::integer end
) as value
from kept
group by all

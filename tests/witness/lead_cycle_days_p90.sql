-- Days from the client's latest lead, else from the deal's creation, to the win.
with kept as (
    select *, closed_on as dated_on
    from (
        select d.*, d.cycle_days + coalesce(date_diff('microsecond', l.lead_at, d.created_at), 0) / 86400000000.0 as lead_days
        from selling_deals d
        left join (
            select d.deal_id, max(l.created_at) as lead_at
            from selling_deals d join deals l on l.client_id = d.client_id and l.created_at <= d.created_at
            where l.is_sales = false
            group by d.deal_id
        ) l using (deal_id)
    )
    where ($start::date is null and $end::date is null)
       or (closed_on >= coalesce($start::date, date '0001-01-01') and closed_on < coalesce($end::date, date '9999-12-31'))
)
select {by} quantile_cont(case when outcome = 'won' and cycle_days >= 0 then lead_days end, 0.9) as value
from kept
group by all

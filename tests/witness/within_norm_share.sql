-- Of the visits to open stages with a norm that ended in the period, those not longer than it.
with kept as (
    select *, left_on as dated_on
    from selling_visits left join (select funnel_name, stage_name, norm_days from stages) using (funnel_name, stage_name)
    where ($start::date is null and $end::date is null)
       or (left_on >= coalesce($start::date, date '0001-01-01') and left_on < coalesce($end::date, date '9999-12-31'))
)
select {by} avg(case when stage_type = 'open' and exit <> 'still_there' and days >= 0 and deal_id not in (select deal_id from deals where history = 'implied') and norm_days is not null then (days <= norm_days)::integer end) as value
from kept
group by all

-- Of the open deals for which it can be told, those that are stuck.
with usual as (
    select funnel_name, stage_name, quantile_cont(days, 0.9) as usual_days
    from visits
    where stage_type = 'open' and exit = 'advanced' and days >= 0 and deal_id not in (select deal_id from deals where history = 'implied')
    group by all
    having count(*) >= 20
), kept as (
    select visits.*, stage_type = 'open' and exit = 'still_there' and outcome = 'open' as stands,
        case when stage_type = 'open' and exit = 'still_there' and outcome = 'open' and days >= 0 and deal_id not in (select deal_id from deals where history = 'implied') then days > coalesce(norm_days, usual_days) end as is_stuck
    from visits
    left join (select funnel_name, stage_name, norm_days from stages) using (funnel_name, stage_name)
    left join usual using (funnel_name, stage_name)
)
select {by} avg(is_stuck::integer) as value
from kept
group by all

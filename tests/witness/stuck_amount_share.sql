-- Amount of stuck deals over the amount of open deals for which it can be told.
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
select {by} sum(case is_stuck when true then amount::double when false then case when amount is not null then 0 end end)
    / nullif(sum(case when is_stuck is not null then amount::double end), 0) as value
from kept
group by all

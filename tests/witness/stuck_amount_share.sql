-- Amount of stuck deals over the amount of open deals for which it can be told.
with known as (
    select funnel_name, stage_name, days, exit
    from selling_visits as visits
    left join (select funnel_name, stage_name, norm_days from stages where stage_type = 'open') using (funnel_name, stage_name)
    where stage_type = 'open' and days >= 0 and norm_days is null
        and deal_id not in (select deal_id from deals where history = 'implied')
), steps as (
    select funnel_name, stage_name, days, count(*) filter (where exit = 'advanced') as moved, count(*) filter (where exit <> 'still_there') as ended,
        sum(count(*)) over (partition by funnel_name, stage_name order by days desc) as at_risk
    from known
    group by funnel_name, stage_name, days
), left_over as (
    select *, coalesce(product(1 - ended / at_risk) over (partition by funnel_name, stage_name order by days rows between unbounded preceding and 1 preceding), 1) as there
    from steps
    where ended > 0
), curve as (
    select *, sum(there * moved / at_risk) over (partition by funnel_name, stage_name order by days) as height,
        sum(there * moved / at_risk) over (partition by funnel_name, stage_name) as top, sum(moved) over (partition by funnel_name, stage_name) as moves
    from left_over
), usual as (
    select funnel_name, stage_name, case
        when min(abs(height / top - 0.9)) < 1e-9
        then (min(days) filter (where height / top > 0.9 - 1e-9) + min(days) filter (where height / top > 0.9 + 1e-9)) / 2
        else min(days) filter (where height / top > 0.9)
    end as usual_days
    from curve
    where moves >= 20
    group by funnel_name, stage_name
), kept as (
    select visits.*, stage_type = 'open' and exit = 'still_there' and outcome = 'open' as stands,
        case when stage_type = 'open' and exit = 'still_there' and outcome = 'open' and days >= 0 and deal_id not in (select deal_id from deals where history = 'implied') then days > coalesce(norm_days, usual_days) end as is_stuck
    from selling_visits as visits
    left join (select funnel_name, stage_name, norm_days from stages) using (funnel_name, stage_name)
    left join usual using (funnel_name, stage_name)
)
select {by} sum(case is_stuck when true then amount::double when false then case when amount is not null then 0 end end)
    / nullif(sum(case when is_stuck is not null then amount::double end), 0) as value
from kept
group by all

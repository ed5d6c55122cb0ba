-- Days that open deals have stood in their stage, whatever the period.
with kept as (
    from selling_visits
)
select {by} quantile_cont(case when stage_type = 'open' and exit = 'still_there' and outcome = 'open' and days >= 0 and deal_id not in (select deal_id from deals where history = 'implied') then days end, 0.5) as value
from kept
group by all

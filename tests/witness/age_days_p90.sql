-- Days since creation of the deals that are open, whatever the period.
with kept as (
    from selling_deals
)
select {by} quantile_cont(case when outcome = 'open' and age_days >= 0 then age_days end, 0.9) as value
from kept
group by all

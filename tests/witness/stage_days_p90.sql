-- Length of the visits to open stages that ended in the period; guessed histories and lengths below zero left out.
with kept as (
    select *, left_on as dated_on
    from selling_visits
    where ($start::date is null and $end::date is null)
       or (left_on >= coalesce($start::date, date '0001-01-01') and left_on < coalesce($end::date, date '9999-12-31'))
)
select {by} quantile_cont(case when stage_type = 'open' and exit <> 'still_there' and days >= 0 and deal_id not in (select deal_id from deals where history = 'implied') then days end, 0.9) as value
from kept
group by all

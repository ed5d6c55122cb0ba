-- The clients of the year before: what they bought since, over what they bought then.
with purchases as (
    select client_id, amount, closed_on
    from deals
    where outcome = 'won' and is_sales and client_id is not null and closed_on <= $as_of::date
),
years as (
    select
        client_id,
        count(*) filter (where closed_on > $as_of::date - interval 1 year) as now_count,
        sum(amount) filter (where closed_on > $as_of::date - interval 1 year) as now_amount,
        sum(amount) filter (where closed_on <= $as_of::date - interval 1 year and closed_on > $as_of::date - interval 2 year) as then_amount
    from purchases
    group by client_id
),
kept as (
    select clients.*, case when coalesce(now_count, 0) = 0 then 0 else now_amount end as now_amount, then_amount
    from clients left join years using (client_id)
)
select {by}
    case when (select min(least(created_on, closed_on)) from deals) <= $as_of::date - interval 2 year then
    sum(case when then_amount is not null then now_amount end)::double
    / nullif(sum(case when now_amount is not null then then_amount end)::double, 0) end as value
from kept
group by all

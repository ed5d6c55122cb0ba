-- The mean of what active clients with known amounts bought in twelve months.
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
select {by} avg(case when is_active then now_amount::double end) as value
from kept
group by all

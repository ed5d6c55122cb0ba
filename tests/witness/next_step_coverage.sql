-- Of open deals, those with a day of a next step; null where there is no promise at all.
with kept as (
    select responses.*, case when responses.outcome = 'open' and (select count(*) from promises) > 0 then (next_step_on is not null)::integer end as planned
    from responses left join deals using (deal_id)
    where coalesce(is_sales, true)
)
select {by} avg(planned) as value
from kept
group by all

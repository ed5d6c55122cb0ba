-- Open deals without a day of a next step.
with kept as (
    select responses.*, case when responses.outcome = 'open' and (select count(*) from promises) > 0 then (next_step_on is not null)::integer end as planned
    from responses left join deals using (deal_id)
    where coalesce(is_sales, true)
)
select {by} case when count(planned) > 0 then count(*) filter (planned = 0) end as value
from kept
group by all

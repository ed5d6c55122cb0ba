-- Of the deals not won (open or lost) created in the period: has a day of purchase been written down that means something.
with told as (
    select (select count(expected_on) from deals) > 0 as has_days, (select count(*) from promises) > 0 as has_promises
), rows_kept as (
    select deals.*,
        case when outcome = 'open' and has_days then (expected_on is not null)::integer
             when outcome = 'lost' and (has_days or has_promises) then
                (coalesce(expected_on > closed_on, false) or coalesce((
                    select max(due_on) from promises where promises.deal_id = deals.deal_id) > closed_on, false))::integer
        end as dated
    from deals, told
    where outcome in ('open', 'lost') and is_sales is distinct from false
), kept as (
    select *, created_on as dated_on
    from rows_kept
    where ($start::date is null and $end::date is null)
       or (created_on >= coalesce($start::date, date '0001-01-01') and created_on < coalesce($end::date, date '9999-12-31'))
)
select {by} avg(dated) as value
from kept
group by all

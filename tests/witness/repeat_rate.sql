-- Of the clients whose first purchase is as old as the active window, those with two won deals.
with kept as (
    select *, first_won_on as dated_on
    from clients
    where ($start::date is null and $end::date is null)
       or (first_won_on >= coalesce($start::date, date '0001-01-01') and first_won_on < coalesce($end::date, date '9999-12-31'))
)
select {by} avg(case when date_diff('day', first_won_on, $as_of::date) >= active_days then (won_count > 1)::int end) as value
from kept
group by all

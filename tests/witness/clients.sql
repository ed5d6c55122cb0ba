-- Different clients of won deals: 0 without won deals, null when none of them has a client.
with kept as (
    select *, closed_on as dated_on
    from selling_deals
    where ($start::date is null and $end::date is null)
       or (closed_on >= coalesce($start::date, date '0001-01-01') and closed_on < coalesce($end::date, date '9999-12-31'))
)
select {by} case when bool_or(outcome = 'won') is distinct from true then 0 else nullif(count(distinct case outcome when 'won' then client_id end), 0) end as value
from kept
group by all

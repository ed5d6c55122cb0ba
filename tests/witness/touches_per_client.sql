-- Touches over those touched; touches of nobody known are of one more.
with kept as (
    select *, touched_on as dated_on
    from touches
    where ($start::date is null and $end::date is null)
       or (touched_on >= coalesce($start::date, date '0001-01-01') and touched_on < coalesce($end::date, date '9999-12-31'))
)
select {by} count(*) / nullif(count(distinct coalesce(client_id, deal_id)) + max((coalesce(client_id, deal_id) is null)::integer), 0) as value
from kept
group by all

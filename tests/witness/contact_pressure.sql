-- Our touches over the different pairs of client and week.
with kept as (
    select *, touched_on as dated_on
    from touches
    where ($start::date is null and $end::date is null)
       or (touched_on >= coalesce($start::date, date '0001-01-01') and touched_on < coalesce($end::date, date '9999-12-31'))
)
select {by} count(*) filter (coalesce(is_outgoing, true)) / nullif(count(distinct (coalesce(coalesce(client_id, deal_id), 'nobody'), date_trunc('week', touched_on))) filter (coalesce(is_outgoing, true)), 0) as value
from kept
group by all

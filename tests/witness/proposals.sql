-- Proposals of the deals created in the period; unknown when no deal ever had one.
with told as (
    select responses.*, (select sum(proposals_count) from responses) > 0 as is_told
    from responses
    join deals on deals.deal_id = responses.deal_id and deals.is_sales is distinct from false
), kept as (
    select *, created_on as dated_on
    from told
    where ($start::date is null and $end::date is null)
       or (created_on >= coalesce($start::date, date '0001-01-01') and created_on < coalesce($end::date, date '9999-12-31'))
)
select {by} case when bool_or(is_told) then sum(proposals_count) end as value
from kept
group by all

-- First purchases ever of clients among the deals closed; unknown when deals are won and nobody wrote for whom.
with purchases as (
    select *, row_number() over (
        partition by client_id order by coalesce(first_won_at, closed_at) nulls last, deal_id
    ) as place
    from deals
    where outcome = 'won' and client_id is not null and is_sales is distinct from false
), marked as (
    select deals.*, exists (
        from purchases where purchases.deal_id = deals.deal_id and place = 1
    ) as is_first
    from deals
), kept as (
    select *, closed_on as dated_on
    from marked
    where ($start::date is null and $end::date is null)
       or (closed_on >= coalesce($start::date, date '0001-01-01') and closed_on < coalesce($end::date, date '9999-12-31'))
)
select {by} case
    when count(*) filter (outcome = 'won') = 0 or count(client_id) filter (outcome = 'won') > 0 then count(*) filter (is_first)
end as value
from kept
group by all

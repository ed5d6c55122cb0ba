-- Margin of the deals won in the period; unknown when one with an amount has none.
with lines as (
    select deal_id, amount::double * coalesce(own.share, rest.share) as worth
    from deal_products
    left join margins as own on own.product_name = deal_products.product_name and own.product_name <> ''
    left join margins as rest on rest.product_name = ''
), summed as (
    select deal_id, case when count(*) = count(worth) then sum(worth) end as worth
    from lines group by deal_id
), worthy as (
    select deals.*, case when summed.deal_id is null then amount::double * rest.share else worth end as worth
    from deals
    left join summed using (deal_id)
    left join margins as rest on rest.product_name = ''
), kept as (
    select *, closed_on as dated_on
    from worthy
    where ($start::date is null and $end::date is null)
       or (closed_on >= coalesce($start::date, date '0001-01-01') and closed_on < coalesce($end::date, date '9999-12-31'))
)
select {by} case
    when count(worth) = 0 or count(*) filter (outcome = 'won' and amount is not null and worth is null) > 0 then null
    when count(*) filter (outcome = 'won') = 0 then 0
    else sum(worth) filter (outcome = 'won')
end as value
from kept
group by all

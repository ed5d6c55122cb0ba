-- Mean amount of won deals of one product.
with lines as (select deal_id, count(*) as products from deal_products group by deal_id),
kept as (
    select deals.*, closed_on as dated_on, products
    from deals left join lines using (deal_id)
    where is_sales
      and (($start::date is null and $end::date is null)
       or (closed_on >= coalesce($start::date, date '0001-01-01') and closed_on < coalesce($end::date, date '9999-12-31')))
)
select {by} avg(case when outcome = 'won' and products = 1 and amount > 0 then amount::double end) as value
from kept
group by all

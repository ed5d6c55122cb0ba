-- Proposals by the day each was made, of funnels that sell; null where there are none.
with kept as (
    select *, made_on as dated_on
    from proposals
    where deal_id not in (select deal_id from deals where not is_sales)
      and (($start::date is null and $end::date is null)
       or (made_on >= coalesce($start::date, date '0001-01-01') and made_on < coalesce($end::date, date '9999-12-31')))
)
select {by} nullif(count(*), 0) as value
from kept
group by all

-- Of repeat orders, those with our own contact in the 14 days before; unknown where no contact says whose it was.
with kept as (
    select deals.*, closed_on as dated_on,
        exists (
            select 1 from deals as earlier
            where earlier.client_id = deals.client_id and earlier.outcome = 'won' and earlier.is_sales
              and earlier.first_won_at < deals.created_at
        ) as again,
        exists (
            select 1 from touches
            where touches.client_id = deals.client_id and is_outgoing
              and touched_at between deals.created_at - interval 14 day and deals.created_at
        ) as called,
        exists (select 1 from touches where client_id is not null and is_outgoing is not null) as known
    from deals
    where is_sales
      and (($start::date is null and $end::date is null)
       or (closed_on >= coalesce($start::date, date '0001-01-01') and closed_on < coalesce($end::date, date '9999-12-31')))
)
select {by} avg(case when outcome = 'won' and again and known then called::int end) as value
from kept
group by all

-- Won deals created after an earlier win of the client; unknown where no deal has a client.
with kept as (
    select deals.*, closed_on as dated_on,
        exists (
            select 1 from deals as earlier
            where earlier.client_id = deals.client_id and earlier.outcome = 'won' and earlier.is_sales
              and earlier.first_won_at < deals.created_at
        ) as again
    from deals
    where is_sales
      and (($start::date is null and $end::date is null)
       or (closed_on >= coalesce($start::date, date '0001-01-01') and closed_on < coalesce($end::date, date '9999-12-31')))
)
select {by} case when count(client_id) > 0 then count(case when outcome = 'won' and again then 1 end) end as value
from kept
group by all

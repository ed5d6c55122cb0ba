-- Of the numbers that called for the first time, those with a deal within a day.
with asked as (
    select calls.*, case when (select count(*) from deals) > 0 then
        calls.deal_id is not null and coalesce(deals.created_at <= calls.started_at + interval 24 hour, true)
    end as is_there
    from calls
    left join deals on deals.deal_id = calls.deal_id
    where calls.is_new_number and calls.direction = 'in' and calls.phone is not null
), kept as (
    select *, started_on as dated_on
    from asked
    where ($start::date is null and $end::date is null)
       or (started_on >= coalesce($start::date, date '0001-01-01') and started_on < coalesce($end::date, date '9999-12-31'))
)
select {by} avg(is_there::int) as value
from kept
group by all

-- Money of the invoices last paid in the period, and of payments without one.
with kept as (
    select *, paid_on as dated_on
    from invoices
    where ($start::date is null and $end::date is null)
       or (paid_on >= coalesce($start::date, date '0001-01-01') and paid_on < coalesce($end::date, date '9999-12-31'))
)
select {by} case when count(paid_on) > 0 then coalesce(sum(case when paid is not null then paid when amount > 0 then amount - unpaid when amount is null or amount <= 0 then 0 end), 0) end as value
from kept
group by all

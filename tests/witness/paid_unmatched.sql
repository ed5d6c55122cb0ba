-- Payments of the period without an invoice; unknown when there are some and none has a sum.
with kept as (
    select *, paid_on as dated_on
    from invoices
    where ($start::date is null and $end::date is null)
       or (paid_on >= coalesce($start::date, date '0001-01-01') and paid_on < coalesce($end::date, date '9999-12-31'))
)
select {by} case
    when count(paid_on) = 0 then null
    when count(*) filter (amount is null and issued_on is null) = 0 then 0
    else sum(paid) filter (amount is null and issued_on is null)
end as value
from kept
group by all

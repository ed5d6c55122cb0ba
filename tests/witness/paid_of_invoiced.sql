-- Payments so far on the invoices of the period whose payment is told.
with kept as (
    select *, issued_on as dated_on
    from invoices
    where ($start::date is null and $end::date is null)
       or (issued_on >= coalesce($start::date, date '0001-01-01') and issued_on < coalesce($end::date, date '9999-12-31'))
)
select {by} case when count(unpaid) > 0 and count(amount) > 0 then coalesce(sum(case when paid is not null then paid when amount > 0 then amount - unpaid else 0 end) filter (amount is not null and unpaid is not null), 0) end as value
from kept
group by all

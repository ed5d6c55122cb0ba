-- Payments so far over amounts, of the invoices of the period whose payment is told.
with kept as (
    select *, issued_on as dated_on
    from invoices
    where ($start::date is null and $end::date is null)
       or (issued_on >= coalesce($start::date, date '0001-01-01') and issued_on < coalesce($end::date, date '9999-12-31'))
)
select {by} sum((case when paid is not null then paid when amount > 0 then amount - unpaid else 0 end)::double) filter (amount is not null and unpaid is not null) / nullif(sum(amount::double) filter (amount is not null and unpaid is not null), 0) as value
from kept
group by all

-- Amounts of the invoices of the period.
with kept as (
    select *, issued_on as dated_on
    from invoices
    where ($start::date is null and $end::date is null)
       or (issued_on >= coalesce($start::date, date '0001-01-01') and issued_on < coalesce($end::date, date '9999-12-31'))
)
select {by} sum(amount) as value
from kept
group by all

-- Amounts of open deals whose expected closing falls into a month that begins in the period; unknown when no deal has such a day.
with kept as (
    select *, date_trunc('month', expected_on)::date as dated_on
    from deals
    where ($start::date is null and $end::date is null)
       or (date_trunc('month', expected_on) >= coalesce($start::date, date '0001-01-01')
           and date_trunc('month', expected_on) < coalesce($end::date, date '9999-12-31'))
)
select {by} case
    when count(expected_on) = 0 then null
    when count(*) filter (where outcome = 'open') = 0 then 0
    else sum(amount) filter (where outcome = 'open')
end as value
from kept
group by all

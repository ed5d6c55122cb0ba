-- Mean amount of won deals once they are in a row by amount and a tenth of them is cut off at both ends.
with kept as (
    select *, closed_on as dated_on
    from selling_deals
    where ($start::date is null and $end::date is null)
       or (closed_on >= coalesce($start::date, date '0001-01-01') and closed_on < coalesce($end::date, date '9999-12-31'))
)
select {by} list_avg(
    list_sort(list(amount::double) filter (outcome = 'won' and amount > 0))
    [1 + count(*) filter (outcome = 'won' and amount > 0) // 10
     : count(*) filter (outcome = 'won' and amount > 0) - count(*) filter (outcome = 'won' and amount > 0) // 10]
) as value
from kept
group by all

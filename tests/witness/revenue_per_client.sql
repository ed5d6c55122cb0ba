-- Per client of the group first, then the mean over clients who paid.
with kept as (
    select *, closed_on as dated_on
    from selling_deals
    where ($start::date is null and $end::date is null)
       or (closed_on >= coalesce($start::date, date '0001-01-01') and closed_on < coalesce($end::date, date '9999-12-31'))
)
select {by} sum(amount::double) filter (outcome = 'won' and amount > 0 and client_id is not null) / nullif(count(distinct client_id) filter (outcome = 'won' and amount > 0), 0) as value
from kept
group by all

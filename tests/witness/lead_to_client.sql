-- Different clients with a won deal over different clients; deals without a client play no part.
with kept as (
    select *, created_on as dated_on
    from selling_deals
    where ($start::date is null and $end::date is null)
       or (created_on >= coalesce($start::date, date '0001-01-01') and created_on < coalesce($end::date, date '9999-12-31'))
)
select {by} count(distinct client_id) filter (outcome = 'won') / nullif(count(distinct client_id), 0) as value
from kept
group by all

-- Money over the report's own leads.
with kept as (
    select *, spent_on as dated_on
    from costs
    where ($start::date is null and $end::date is null)
       or (spent_on >= coalesce($start::date, date '0001-01-01') and spent_on < coalesce($end::date, date '9999-12-31'))
)
select {by} sum(spend)::double / nullif(sum(leads_count)::double, 0) as value
from kept
group by all

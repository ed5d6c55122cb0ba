-- Visits to won, lost or junk stages that ended in the period by a move back.
with kept as (
    select *, left_on as dated_on
    from selling_visits
    where ($start::date is null and $end::date is null)
       or (left_on >= coalesce($start::date, date '0001-01-01') and left_on < coalesce($end::date, date '9999-12-31'))
)
select {by} count(case when stage_type <> 'open' and exit = 'moved_back' then 1 end) as value
from kept
group by all

-- Minutes of talk over the days with outside calls.
with kept as (
    select *, started_on as dated_on
    from calls
    where ($start::date is null and $end::date is null)
       or (started_on >= coalesce($start::date, date '0001-01-01') and started_on < coalesce($end::date, date '9999-12-31'))
)
select {by} (case when count(*) = 0 then null when count(*) filter (direction is distinct from 'internal' and is_answered) = 0 then 0 else sum(talk_seconds) filter (direction is distinct from 'internal' and is_answered) / 60 end) / nullif(count(distinct started_on) filter (direction is distinct from 'internal'), 0) as value
from kept
group by all

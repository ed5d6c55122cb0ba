-- Of the first calls of episodes, those followed by a talk in time.
with kept as (
    select *, started_on as dated_on
    from calls
    where ($start::date is null and $end::date is null)
       or (started_on >= coalesce($start::date, date '0001-01-01') and started_on < coalesce($end::date, date '9999-12-31'))
)
select {by} avg(case when is_first_of_episode then (recovered_at is not null)::integer end) as value
from kept
group by all

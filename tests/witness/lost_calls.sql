-- Episodes of missed calls whose first call was not followed by a talk in time.
with kept as (
    select *, started_on as dated_on
    from calls
    where ($start::date is null and $end::date is null)
       or (started_on >= coalesce($start::date, date '0001-01-01') and started_on < coalesce($end::date, date '9999-12-31'))
)
select {by} case when count(direction) > 0 then count(distinct episode_id) filter (is_first_of_episode and recovered_at is null) end as value
from kept
group by all

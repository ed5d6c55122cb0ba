-- Different values of call_id among scores: 0 when there are other rows only, null when no score has one.
with kept as (
    select *, scored_on as dated_on
    from scores
    where ($start::date is null and $end::date is null)
       or (scored_on >= coalesce($start::date, date '0001-01-01') and scored_on < coalesce($end::date, date '9999-12-31'))
)
select {by} case when count(*) = 0 then null when count(*) filter (kind = 'score') = 0 then 0 else nullif(count(distinct call_id) filter (kind = 'score'), 0) end as value
from kept
group by all

-- Mean score.
with kept as (
    select *, scored_on as dated_on
    from scores
    where ($start::date is null and $end::date is null)
       or (scored_on >= coalesce($start::date, date '0001-01-01') and scored_on < coalesce($end::date, date '9999-12-31'))
)
select {by} avg(case when kind = 'score' then score end) as value
from kept
group by all

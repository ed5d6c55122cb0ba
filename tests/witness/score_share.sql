-- Scores over the highest possible, where those are known.
with kept as (
    select *, scored_on as dated_on
    from scores
    where ($start::date is null and $end::date is null)
       or (scored_on >= coalesce($start::date, date '0001-01-01') and scored_on < coalesce($end::date, date '9999-12-31'))
)
select {by} sum(score) filter (kind = 'score' and score is not null and top_score > 0) / nullif(sum(top_score) filter (kind = 'score' and score is not null and top_score > 0), 0) as value
from kept
group by all

-- Stop-words found for 100 transcripts.
with kept as (
    select *, scored_on as dated_on
    from scores
    where ($start::date is null and $end::date is null)
       or (scored_on >= coalesce($start::date, date '0001-01-01') and scored_on < coalesce($end::date, date '9999-12-31'))
)
select {by} sum(score) filter (kind = 'stop_word') * 100 / nullif(count(distinct call_id) filter (kind = 'stop_word'), 0) as value
from kept
group by all

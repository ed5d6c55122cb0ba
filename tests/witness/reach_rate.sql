-- Of covered leads, those with a talk afterwards.
with answers as (
    select responses.*, closed_on, closed_at,
        has_telephony and not is_answered_before as is_covered,
        case when not has_telephony or is_answered_before then null
            when is_answered then response_minutes
            when responses.outcome <> 'open' and closed_at <= (select max(started_at) from calls) and waited_minutes is not null then 'inf'::double
            else waited_minutes end as minutes
    from responses left join deals using (deal_id)
    where coalesce(is_sales, true)
), kept as (
    select *, created_on as dated_on
    from answers
    where ($start::date is null and $end::date is null)
       or (created_on >= coalesce($start::date, date '0001-01-01') and created_on < coalesce($end::date, date '9999-12-31'))
)
select {by} avg(case when is_covered then (reached_at is not null)::integer end) as value
from kept
group by all

-- Mean touches of won deals.
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
    select *, closed_on as dated_on
    from answers
    where ($start::date is null and $end::date is null)
       or (closed_on >= coalesce($start::date, date '0001-01-01') and closed_on < coalesce($end::date, date '9999-12-31'))
)
select {by} avg(case when outcome = 'won' then touches_count end) as value
from kept
group by all

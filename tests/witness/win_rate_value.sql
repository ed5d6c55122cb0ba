-- Amount won over amount won or lost, in the deals closed in the period.
with kept as (
    select *, closed_on as dated_on
    from selling_deals
    where ($start::date is null and $end::date is null)
       or (closed_on >= coalesce($start::date, date '0001-01-01') and closed_on < coalesce($end::date, date '9999-12-31'))
)
select {by} sum(case outcome when 'won' then amount::double when 'lost' then case when amount is not null then 0 end end)
    / nullif(sum(case when outcome in ('won', 'lost') then amount::double end), 0) as value
from kept
group by all

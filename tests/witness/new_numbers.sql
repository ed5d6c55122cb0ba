-- Numbers whose first call of all is among these calls.
with firsts as (select call_id as first_id from calls where phone is not null qualify row_number() over (partition by phone order by started_at, is_talk desc, call_id) = 1), kept as (
    select *, started_on as dated_on
    from calls
    where ($start::date is null and $end::date is null)
       or (started_on >= coalesce($start::date, date '0001-01-01') and started_on < coalesce($end::date, date '9999-12-31'))
)
select {by} case when count(phone) > 0 then count(first_id) end as value
from kept
left join firsts on call_id = first_id
group by all

-- Amounts of the deals open at the end of the period; none open is zero, open without any amount is unknown.
with kept as (
    select *
    from selling_deals
    where case
        when $end::date is null or $end::date > $as_of::date then outcome = 'open'
        else created_on < $end::date and (outcome = 'open' or closed_on >= $end::date)
    end
)
select {by} case when count(*) = 0 then 0 else sum(amount) end as value
from kept
group by all

-- Deals open when the last day of the period was over: created by then, not closed by then.
with kept as (
    select *
    from selling_deals
    where case
        when $end::date is null or $end::date > $as_of::date then outcome = 'open'
        else created_on < $end::date and (outcome = 'open' or closed_on >= $end::date)
    end
)
select {by} count(*) as value
from kept
group by all

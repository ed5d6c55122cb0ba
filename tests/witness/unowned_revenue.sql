-- What these clients ever bought: nothing when there are none, unknown when no amount is.
with kept as (
    select *
    from clients
)
select {by} case when count(*) filter (where is_unowned) = 0 then 0 else sum(revenue) filter (where is_unowned) end as value
from kept
group by all

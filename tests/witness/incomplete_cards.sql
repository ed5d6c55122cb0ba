-- Cards that lack something; unknown when no card is told.
with kept as (
    select *
    from clients
)
select {by} case when count(completeness_share) > 0 then count(case when completeness_share < 1 then 1 end) end as value
from kept
group by all

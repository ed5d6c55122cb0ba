-- Left to pay of invoices older than 90 days.
select {by} case when count(unpaid) = 0 then null when count(*) filter (not age_days <= 90) = 0 then 0 else sum(unpaid) filter (not age_days <= 90) end as value
from invoices
group by all

-- Left to pay of invoices up to 30 days old.
select {by} case when count(unpaid) = 0 then null when count(*) filter (age_days <= 30) = 0 then 0 else sum(unpaid) filter (age_days <= 30) end as value
from invoices
group by all

-- Left to pay of invoices 31 to 60 days old.
select {by} case when count(unpaid) = 0 then null when count(*) filter (age_days > 30 and age_days < 61) = 0 then 0 else sum(unpaid) filter (age_days > 30 and age_days < 61) end as value
from invoices
group by all

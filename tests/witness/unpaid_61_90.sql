-- Left to pay of invoices 61 to 90 days old.
select {by} case when count(unpaid) = 0 then null when count(*) filter (age_days > 60 and age_days < 91) = 0 then 0 else sum(unpaid) filter (age_days > 60 and age_days < 91) end as value
from invoices
group by all

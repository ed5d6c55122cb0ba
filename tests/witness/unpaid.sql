-- All that is left to pay, whatever the period.
select {by} sum(unpaid) as value
from invoices
group by all

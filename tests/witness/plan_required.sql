-- What is left, for each working day that is left.
select case when $plan_days_left::bigint > 0 then $plan_left::double / $plan_days_left::double end

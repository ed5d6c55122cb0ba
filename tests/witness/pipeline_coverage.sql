-- What is open and expected, for each rouble that is left of the plan.
select case when $plan_left::double > 0 then $open_expected_amount::double / $plan_left::double end

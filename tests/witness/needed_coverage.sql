-- One over the win rate by value.
select case when $win_rate_value::double <> 0 then 1 / $win_rate_value::double end

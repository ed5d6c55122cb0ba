-- Money a day: as many open deals as there are, each worth a check times its chance, over the days one takes.
select ($average_check::double * $win_rate::double) * $open::double / nullif(case when $cycle_days_mean::double > 0 then $cycle_days_mean::double end, 0)

-- Who came and came back, less who lapsed.
select $new_clients::bigint + $reactivated_clients::bigint - $lapsed_clients::bigint

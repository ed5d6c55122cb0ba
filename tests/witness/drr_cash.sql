-- Money as a share of revenue.
select $spend::double / nullif($revenue::double, 0)

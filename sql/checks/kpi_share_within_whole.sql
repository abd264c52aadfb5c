/*
title = "A share is not more than its whole"
severity = "query"
message = "A percentage has a numerator above its denominator"
hint = "Look at the row in the file: publications do print such rows (special schools of England 2018/19 have more plans than pupils); raise it with the publisher if it is our own authority's"
*/
SELECT
    value.kpi_id,
    value.period,
    value.geography_level,
    value.geography_code,
    value.breakdown,
    value.numerator,
    value.denominator,
    value.delivery_id,
    value.row_number
FROM kpi.value AS value
INNER JOIN meta.kpi AS definition
    ON definition.kpi_id = value.kpi_id
    AND definition.basis = value.basis
    AND definition.unit = 'percent'
WHERE value.denominator > 0
    AND value.numerator > value.denominator
    -- Leavers and posts of a year may be more than those at its beginning.
    AND value.kpi_id NOT IN ('turnover_12_month', 'post_fill_rate')

/*
title = "Nothing is counted below zero"
severity = "error"
message = "A KPI has a numerator or denominator below zero"
hint = "Published files do print negative counts, in columns that no KPI reads: look at which column the KPI took"
*/
SELECT kpi_id, period, geography_level, geography_code, breakdown, numerator, denominator, delivery_id, row_number
FROM kpi.value
-- A school's distance from its phase is no count.
WHERE kpi_id NOT LIKE '%school_limit'
    AND (numerator < 0 OR denominator < 0)

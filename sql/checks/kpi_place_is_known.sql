/*
title = "Every KPI value speaks of a known kind of place by a code of the right shape"
severity = "error"
message = "A KPI row has no period or breakdown, another geography level than school, authority, region and nation, or a code of another shape"
hint = "Schools by URN or LAESTAB, authorities by their three digits, regions and nations by GSS code: correct the KPI's SELECT, or the code in the source"
*/
SELECT kpi_id, period, geography_level, geography_code, breakdown, delivery_id, row_number
FROM kpi.value
WHERE period IS NULL
    OR breakdown IS NULL
    OR geography_code IS NULL
    OR NOT CASE geography_level
        WHEN 'school' THEN length(geography_code) IN (6, 7) AND TRY_CAST(geography_code AS BIGINT) IS NOT NULL
        WHEN 'authority' THEN length(geography_code) = 3 AND TRY_CAST(geography_code AS BIGINT) IS NOT NULL
        WHEN 'region' THEN length(geography_code) = 9 AND geography_code LIKE 'E1%'
        WHEN 'nation' THEN length(geography_code) = 9 AND geography_code LIKE '_92000%'
        ELSE FALSE
    END

/*
title = "Plans of the regions add up to those of England"
severity = "query"
message = "The plans of the regions do not add up to those of England"
hint = "Some region is missing, suppressed or doubled in the file: say so wherever both are shown"
*/
SELECT
    period,
    breakdown,
    sum(CASE WHEN geography_level = 'nation' THEN value ELSE 0 END) AS england,
    sum(CASE WHEN geography_level = 'region' THEN value ELSE 0 END) AS regions
FROM kpi.value
WHERE kpi_id = 'ehcp_caseload'
    AND breakdown = 'total'
    AND geography_level IN ('nation', 'region')
GROUP BY period, breakdown
HAVING sum(CASE WHEN geography_level = 'nation' THEN value ELSE 0 END) <> sum(CASE WHEN geography_level = 'region' THEN value ELSE 0 END)

/*
title = "One KPI value for one period, place and breakdown"
severity = "error"
message = "A KPI has more than one standing value for the same period, geography and breakdown"
hint = "Look at the rows in kpi.value: two deliveries of one period both stand (then the table's disposition should replace), or the KPI's SELECT leaves something out of its breakdown"
*/
SELECT
    kpi_id,
    basis,
    period,
    geography_level,
    geography_code,
    breakdown,
    count(*) AS standing
FROM kpi.value
GROUP BY kpi_id, basis, period, geography_level, geography_code, breakdown
HAVING count(*) > 1

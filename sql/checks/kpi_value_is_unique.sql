/*
title = "One value for each KPI, basis, period, geography and breakdown"
message = "a KPI has more than one current value for the same period, geography and breakdown"
hint = "look at the grain of its SELECT, or at the disposition of the table that it reads"
*/
SELECT kpi_id, basis, period, geography_level, geography_code, breakdown, count(*) AS values
FROM kpi.value
GROUP BY kpi_id, basis, period, geography_level, geography_code, breakdown
HAVING count(*) > 1

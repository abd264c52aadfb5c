/*
title = "A value or the reason why there is none"
severity = "error"
message = "A KPI row has both a value and a reason for having none, or neither"
hint = "Let the KPI's SELECT carry the reason columns of what it divides"
*/
SELECT kpi_id, period, geography_level, geography_code, breakdown, value, reason
FROM kpi.value
WHERE (value IS NULL) = (reason IS NULL)

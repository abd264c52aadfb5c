/*
title = "A value with a reason is not a number"
message = "a KPI value has both a number and a reason for having none"
hint = "this is a fault of the program: report it"
*/
SELECT kpi_id, period, geography_code, value, reason
FROM kpi.value
WHERE value IS NOT NULL AND reason IS NOT NULL

/*
title = "One KPI value for one period, place and breakdown"
severity = "error"
message = "A KPI has more than one standing value for the same period, geography and breakdown"
hint = "The KPI's SELECT leaves something out of its breakdown that the rows of its file differ by: where a release has a new column that splits them (sex), sql/kpis has to break down by it, or to take its Total alone"
shows = ["kpi_id", "period", "geography_level", "geography_code", "breakdown"]
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

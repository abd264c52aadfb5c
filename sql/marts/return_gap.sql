/*
title = "Periods in which a table of a return did not come, though the return has come or should have"
grain = "one table of a return in one period"
key = ["need", "period_kind", "period"]
reads = ["dim_sen2_return"]

[columns]
need = "The table, as collection and table: `sen2.request`. KPIs name it in `needs`."
period_kind = "Which kind of period it is: calendar_year."
period = "The period that the return speaks for."
absence = "What did not come, in words."
*/
WITH module AS (
    SELECT calendar_year, absence, 'sen2.request' AS need, requests AS records
    FROM mart.dim_sen2_return
    UNION ALL
    SELECT calendar_year, absence, 'sen2.assessment', assessments
    FROM mart.dim_sen2_return
    UNION ALL
    SELECT calendar_year, absence, 'sen2.named_plan', named_plans
    FROM mart.dim_sen2_return
    UNION ALL
    SELECT calendar_year, absence, 'sen2.active_plan', active_plans
    FROM mart.dim_sen2_return
)

SELECT need, 'calendar_year' AS period_kind, calendar_year AS period, absence
FROM module
WHERE records = 0
ORDER BY need NULLS LAST, period NULLS LAST

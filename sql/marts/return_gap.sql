/*
title = "Periods in which a table of a return did not come, though the return has come or should have"
grain = "one table of a return in one period"
key = ["need", "period_kind", "period"]
reads = ["dim_ehcp_year", "dim_sen2_return"]

[columns]
need = "The table, as collection and table: `sen2.request`. KPIs name it in `needs`; of alternatives each has to be here. `ehcp_cases` stands for who tells the year."
period_kind = "Which kind of period it is: calendar_year."
period = "The period that the return speaks for."
absence = "What did not come, in words."
*/
WITH year AS (
    SELECT
        told.calendar_year,
        told.absence,
        COALESCE(told.told_by = 'extract' AND told.extract_is_flat AND told.requests > 0 AND told.assessments > 0, FALSE) AS is_listed,
        told.requests,
        told.assessments,
        told.named_plans,
        told.active_plans,
        COALESCE(sen2.requests, 0) AS returned_requests,
        COALESCE(sen2.assessments, 0) AS returned_assessments,
        COALESCE(sen2.named_plans, 0) AS returned_named_plans,
        COALESCE(sen2.active_plans, 0) AS returned_active_plans,
        CASE
            WHEN sen2.calendar_year IS NULL THEN 'the SEN2 return of ' || told.collection_year || ' did not come'
            ELSE sen2.absence
        END AS return_absence
    FROM mart.dim_ehcp_year AS told
    LEFT JOIN mart.dim_sen2_return AS sen2 ON sen2.calendar_year = told.calendar_year
),

module AS (
    SELECT calendar_year, return_absence AS absence, 'sen2.request' AS need, returned_requests AS records
    FROM year
    UNION ALL
    SELECT calendar_year, return_absence AS absence, 'sen2.assessment' AS need, returned_assessments AS records
    FROM year
    UNION ALL
    SELECT calendar_year, return_absence AS absence, 'sen2.named_plan' AS need, returned_named_plans AS records
    FROM year
    UNION ALL
    SELECT calendar_year, return_absence AS absence, 'sen2.active_plan' AS need, returned_active_plans AS records
    FROM year
    UNION ALL
    SELECT calendar_year, absence, 'ehcp_cases.request', requests
    FROM year
    UNION ALL
    SELECT calendar_year, absence, 'ehcp_cases.assessment', assessments
    FROM year
    UNION ALL
    SELECT calendar_year, absence, 'ehcp_cases.named_plan', named_plans
    FROM year
    UNION ALL
    SELECT calendar_year, absence, 'ehcp_cases.active_plan', active_plans
    FROM year
    UNION ALL
    SELECT
        calendar_year,
        COALESCE(absence, 'no list with a row a case tells the year'),
        'ehcp_cases.case_list',
        CASE WHEN is_listed THEN 1 ELSE 0 END
    FROM year
)

SELECT need, 'calendar_year' AS period_kind, calendar_year AS period, absence
FROM module
WHERE records = 0
ORDER BY need NULLS LAST, period NULLS LAST

/*
title = "Periods that another source tells while the return of them is not in"
grain = "one table of a return in one period"
key = ["need", "period_kind", "period"]
reads = ["dim_ehcp_year"]

[columns]
need = "The table that stands in, as collection and table: `ehcp_cases.request`. KPIs name it in `needs`."
period_kind = "Which kind of period it is: calendar_year."
period = "The period that it tells."
told_until = "The last day of the period that it tells."
mark = "What a reader must know beside a figure: `provisional: …`."
*/
SELECT module.need, 'calendar_year' AS period_kind, year.calendar_year AS period, year.told_until, year.mark
FROM mart.dim_ehcp_year AS year
CROSS JOIN (
    VALUES ('ehcp_cases.request'), ('ehcp_cases.assessment'), ('ehcp_cases.named_plan'), ('ehcp_cases.active_plan')
) AS module (need)
WHERE year.told_by = 'extract'
ORDER BY module.need NULLS LAST, year.calendar_year NULLS LAST

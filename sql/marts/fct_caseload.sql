/*
title = "What lies on the desks of the teams, month by month"
grain = "one team at the end of one month"
key = ["team", "month_end"]
reads = []

[columns]
team = "The team: SEN_CASEWORK, EP, INCLUSION, ADVISORY or HEALTH_DCO."
month_end = "The month, by its last day."
academic_year = "Academic year of the month, such as 2024/25: September to August."
plans_open = "Plans maintained at the end of the month (plans); NULL for a team without."
assessments_open = "Assessments under way at the end of the month (assessments); NULL for a team without."
fte_available = "Staff at work, agency included, without long-term absence (full-time equivalents)."
advice_due = "Advice of educational psychologists due in the month (pieces of advice); NULL for a team without."
advice_late = "Of these, not given by the day it was due (pieces of advice)."
_delivery = "The delivery that this row came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH caseload AS (
    SELECT
        caseload.*,
        first_year_of(month) AS first_year
    FROM conformed.workforce_caseload_wf_caseload AS caseload
    WHERE NOT _superseded
)

SELECT
    team,
    month AS month_end,
    year_label(first_year) AS academic_year,
    plans_open,
    assessments_open,
    fte_available,
    ep_advice_due AS advice_due,
    ep_advice_late AS advice_late,
    _delivery,
    _sheet,
    _row
FROM caseload
ORDER BY team NULLS LAST, month_end NULLS LAST

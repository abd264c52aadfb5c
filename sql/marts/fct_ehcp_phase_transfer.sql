/*
title = "Reviews and amendments of plans before a transfer between phases of education"
grain = "one transfer of one case: by the day by which its plan is due"
key = ["case_id", "due"]
reads = ["dim_ehcp_case", "dim_sen2_return"]

[columns]
case_id = "The case: see dim_ehcp_case."
request_id = "Pseudonym of the request's number, in the latest return that tells of the transfer."
due = "Day by which the plan has to be reviewed and amended: 15 February, 31 March for transfers after year 11, or five months before."
calendar_year = "Calendar year of that day."
is_due = "Whether the day lies before the end of the latest year whose return tells of it: later ones are not yet due."
final = "Day on which the final plan was issued, by the latest return; NULL where none is told."
is_in_time = "Whether it was issued by the day on which it was due."
_delivery = "The delivery that the transfer came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH told AS (
    SELECT
        ehcp_case.case_id,
        active.request_id,
        active.phase_transfer_due AS due,
        active.phase_transfer_final AS final,
        sen2.year_end,
        active._delivery,
        active._sheet,
        active._row,
        row_number() OVER (
            PARTITION BY ehcp_case.case_id, active.phase_transfer_due
            ORDER BY sen2.calendar_year DESC NULLS LAST, active.phase_transfer_final NULLS LAST, active.active_plan_id NULLS LAST
        ) AS from_last
    FROM conformed.sen2_active_plan AS active
    INNER JOIN mart.dim_sen2_return AS sen2 ON sen2.collection_year = active.collection_year
    INNER JOIN mart.dim_ehcp_case AS ehcp_case
        ON ehcp_case.calendar_year = sen2.calendar_year
        AND ehcp_case.request_id = active.request_id
    WHERE NOT active._superseded
        AND active.phase_transfer_due IS NOT NULL
)

SELECT
    case_id,
    request_id,
    due,
    CAST(extract(year FROM due) AS VARCHAR) AS calendar_year,
    due <= year_end AS is_due,
    final,
    COALESCE(final <= due, FALSE) AS is_in_time,
    _delivery,
    _sheet,
    _row
FROM told
WHERE from_last = 1
ORDER BY case_id NULLS LAST, due NULLS LAST

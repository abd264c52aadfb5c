/*
title = "Refusals to assess and to issue a plan, with the mediation and the appeal about each"
grain = "one refusal of one case at one stage, in the calendar year in which it was told"
key = ["case_id", "stage", "calendar_year"]
reads = ["dim_ehcp_case", "fct_ehcp_request"]

[columns]
case_id = "The case: see dim_ehcp_case."
stage = "request: not to assess; assessment: not to issue a plan."
calendar_year = "Calendar year in which it was told, of the return, or the list of cases, that has it with its day."
request_id = "Pseudonym of the request's number in that return."
refused = "Day on which it was told."
has_mediation = "Whether any return, or the list of cases, tells of mediation about it."
has_tribunal = "Whether any return, or the list of cases, tells of an appeal against it."
_delivery = "The delivery that the refusal came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH record AS (
    SELECT ehcp_case.case_id, request.*
    FROM mart.fct_ehcp_request AS request
    INNER JOIN mart.dim_ehcp_case AS ehcp_case
        ON ehcp_case.calendar_year = request.calendar_year
        AND ehcp_case.request_id = request.request_id
),

told AS (
    SELECT
        case_id,
        bool_or(has_request_mediation) AS has_request_mediation,
        bool_or(has_request_tribunal) AS has_request_tribunal,
        bool_or(has_assessment_mediation) AS has_assessment_mediation,
        bool_or(has_assessment_tribunal) AS has_assessment_tribunal
    FROM record
    GROUP BY case_id
),

refusal AS (
    SELECT
        case_id,
        'request' AS stage,
        calendar_year,
        request_id,
        outcome_date AS refused,
        _delivery,
        _sheet,
        _row
    FROM record
    WHERE outcome = 'N'
        AND outcome_date BETWEEN year_start AND year_end
    UNION ALL
    SELECT
        case_id,
        'assessment' AS stage,
        calendar_year,
        request_id,
        assessment_outcome_date AS refused,
        _delivery,
        _sheet,
        _row
    FROM record
    WHERE assessment_outcome = 'N'
        AND assessment_outcome_date BETWEEN year_start AND year_end
),

chosen AS (
    SELECT
        refusal.*,
        row_number() OVER (
            PARTITION BY case_id, stage, calendar_year
            ORDER BY refused NULLS LAST, request_id NULLS LAST
        ) AS choice
    FROM refusal
)

SELECT
    chosen.case_id,
    chosen.stage,
    chosen.calendar_year,
    chosen.request_id,
    chosen.refused,
    COALESCE(
        CASE chosen.stage WHEN 'request' THEN told.has_request_mediation ELSE told.has_assessment_mediation END, FALSE
    ) AS has_mediation,
    COALESCE(
        CASE chosen.stage WHEN 'request' THEN told.has_request_tribunal ELSE told.has_assessment_tribunal END, FALSE
    ) AS has_tribunal,
    chosen._delivery,
    chosen._sheet,
    chosen._row
FROM chosen
INNER JOIN told ON told.case_id = chosen.case_id
WHERE chosen.choice = 1
ORDER BY chosen.case_id NULLS LAST, chosen.stage NULLS LAST, chosen.calendar_year NULLS LAST

/*
title = "Education, health and care plans that were issued or stood in a year, as each year's SEN2 return has them, and the latest list of cases those of the years that no return tells"
grain = "one plan in one calendar year: by its request, or by its own number where nothing leads to a request"
key = ["calendar_year", "request_id", "named_plan_id"]
reads = ["dim_ehcp_year", "ehcp_assessment_record", "ehcp_plan_record", "fct_ehcp_request"]

[columns]
calendar_year = "Calendar year that it is told of, 2024 for the return made in January 2025."
request_id = "Pseudonym of the request that it came of; NULL where the plan's assessment is missing."
named_plan_id = "Pseudonym of the plan's own number where there is no request; NULL otherwise."
upn = "Pseudonym of the unique pupil number, comparable with every collection; NULL where the person has none."
received = "Day on which the request was received; NULL where the request is missing."
issued = "Day on which the plan was issued: that of the assessment's outcome; where the return no longer has it, the start of the plan."
issued_from = "Which of the two: assessment_outcome or plan_start."
days_to_issue = "From receipt of the request to issue (days)."
is_new = "Whether it was issued in the calendar year upon an assessment of this authority (outcome Y): these are counted in the 20-week rates. An amended plan is not new, nor one after another authority's assessment (S)."
is_excepted = "Whether an exception to the 20 weeks applies."
current_start = "Start of the plan as it is now: it moves when a plan is amended."
starts = "How many starts the return has of it (plans)."
start_differs = "Whether the plan's first start in the return is another day than that of the assessment's outcome; NULL where either is missing. Ask which one is the day of issue."
ceased = "Day on which it ended or was transferred; NULL while it stands."
cease_reason = "Why it ended: 1 maximum age, 2 needs met, 3 higher education, 4 employment, 5 transferred, 6 no longer engages, 7 left England, 8 deceased, 9 other."
has_personal_budget = "Whether a personal budget was taken up."
_delivery = "The delivery of the row that has the outcome of the assessment, else of the named plan: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
-- Of each year the records of who tells it.
WITH speaking_assessment AS (
    SELECT record.*
    FROM mart.ehcp_assessment_record AS record
    INNER JOIN mart.dim_ehcp_year AS year
        ON year.collection_year = record.collection_year
        AND year.told_by = record.told_by
),

speaking_plan AS (
    SELECT record.*
    FROM mart.ehcp_plan_record AS record
    INNER JOIN mart.dim_ehcp_year AS year
        ON year.collection_year = record.collection_year
        AND year.told_by = record.told_by
    WHERE record.told_by = 'return'
        OR record.start_date <= year.told_until
),

named AS (
    SELECT
        named.collection_year,
        assessment.request_id,
        CASE WHEN assessment.request_id IS NULL THEN named.named_plan_id END AS named_plan_id,
        named.start_date,
        named.cease_date,
        named.ceased_because,
        named.has_personal_budget,
        named._delivery,
        named._sheet,
        named._row,
        row_number() OVER (
            PARTITION BY
                named.collection_year,
                assessment.request_id,
                CASE WHEN assessment.request_id IS NULL THEN named.named_plan_id END
            ORDER BY named.start_date DESC NULLS LAST, named.cease_date DESC NULLS FIRST, named.named_plan_id NULLS LAST
        ) AS from_last
    FROM speaking_plan AS named
    LEFT JOIN speaking_assessment AS assessment
        ON assessment.collection_year = named.collection_year
        AND assessment.assessment_id = named.assessment_id
),

plan AS (
    SELECT
        collection_year,
        request_id,
        named_plan_id,
        min(start_date) AS first_start,
        max(start_date) AS current_start,
        count(*) AS starts,
        max(CASE WHEN from_last = 1 THEN cease_date END) AS ceased,
        max(CASE WHEN from_last = 1 THEN ceased_because END) AS cease_reason,
        bool_or(has_personal_budget) AS has_personal_budget,
        max(CASE WHEN from_last = 1 THEN _delivery END) AS _delivery,
        max(CASE WHEN from_last = 1 THEN _sheet END) AS _sheet,
        max(CASE WHEN from_last = 1 THEN _row END) AS _row
    FROM named
    GROUP BY collection_year, request_id, named_plan_id
),

-- Of several assessments of one request, the one with the latest outcome, as in fct_ehcp_request.
outcome AS (
    SELECT
        collection_year,
        request_id,
        assessment_outcome,
        assessment_outcome_date,
        has_20_week_exception,
        _delivery,
        _sheet,
        _row,
        row_number() OVER (
            PARTITION BY collection_year, request_id
            ORDER BY assessment_outcome_date DESC NULLS LAST, assessment_id NULLS LAST
        ) AS choice
    FROM speaking_assessment
),

issue AS (
    SELECT
        collection_year,
        request_id,
        assessment_outcome,
        assessment_outcome_date,
        has_20_week_exception,
        _delivery,
        _sheet,
        _row
    FROM outcome
    WHERE choice = 1
        AND assessment_outcome IN ('Y', 'S')
),

joined AS (
    SELECT
        COALESCE(plan.collection_year, issue.collection_year) AS collection_year,
        COALESCE(plan.request_id, issue.request_id) AS request_id,
        plan.named_plan_id,
        COALESCE(issue.assessment_outcome_date, plan.first_start) AS issued,
        issue.assessment_outcome_date,
        issue.assessment_outcome,
        issue.has_20_week_exception AS is_excepted,
        plan.first_start,
        plan.current_start,
        COALESCE(plan.starts, 0) AS starts,
        plan.ceased,
        plan.cease_reason,
        plan.has_personal_budget,
        CASE WHEN issue._delivery IS NULL THEN plan._delivery ELSE issue._delivery END AS _delivery,
        CASE WHEN issue._delivery IS NULL THEN plan._sheet ELSE issue._sheet END AS _sheet,
        CASE WHEN issue._delivery IS NULL THEN plan._row ELSE issue._row END AS _row
    FROM plan
    FULL JOIN issue
        ON issue.collection_year = plan.collection_year
        AND issue.request_id = plan.request_id
)

SELECT
    CAST(CAST(joined.collection_year AS INTEGER) - 1 AS VARCHAR) AS calendar_year,
    joined.request_id,
    joined.named_plan_id,
    request.upn,
    request.received,
    joined.issued,
    CASE
        WHEN joined.assessment_outcome_date IS NOT NULL THEN 'assessment_outcome'
        WHEN joined.first_start IS NOT NULL THEN 'plan_start'
    END AS issued_from,
    days_between(request.received, joined.issued) AS days_to_issue,
    COALESCE(
        joined.assessment_outcome = 'Y'
        AND extract(year FROM joined.issued) = CAST(joined.collection_year AS INTEGER) - 1,
        FALSE
    ) AS is_new,
    joined.is_excepted,
    joined.current_start,
    CAST(joined.starts AS BIGINT) AS starts,
    joined.first_start <> joined.assessment_outcome_date AS start_differs,
    joined.ceased,
    joined.cease_reason,
    joined.has_personal_budget,
    joined._delivery,
    joined._sheet,
    joined._row
FROM joined
INNER JOIN mart.dim_ehcp_year AS year ON year.collection_year = joined.collection_year
LEFT JOIN mart.fct_ehcp_request AS request
    ON request.collection_year = joined.collection_year
    AND request.request_id = joined.request_id
WHERE (joined.issued IS NOT NULL OR joined.starts > 0)
    -- A list has everything: what ended before the year, or came after it, is left out.
    AND (
        year.told_by = 'return'
        OR (COALESCE(joined.ceased, year.year_start) >= year.year_start AND COALESCE(joined.issued, year.year_start) <= year.told_until)
    )
ORDER BY calendar_year NULLS LAST, request_id NULLS LAST, named_plan_id NULLS LAST

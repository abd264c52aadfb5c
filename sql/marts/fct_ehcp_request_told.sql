/*
title = "Requests for an education, health and care needs assessment, each with its assessment, as each year's SEN2 return has them, and as the latest list of cases has them"
grain = "one request in one calendar year, as the return of the year tells it or as the list of cases does: a request that is not over stands in several years"
key = ["told_by", "calendar_year", "request_id"]
reads = ["dim_ehcp_year", "ehcp_assessment_record", "ehcp_plan_record"]

[columns]
told_by = "Who tells it: return or extract (the latest list of all cases)."
speaks = "Whether that is who tells the year: see dim_ehcp_year. The other is there to compare with."
calendar_year = "Calendar year that it is told of, 2024 for the return made in January 2025."
collection_year = "Year after it, in which the return is made."
year_start = "1 January of the calendar year."
year_end = "31 December of the calendar year."
told_until = "The last day of the year that is told, 31 December of a return: what was told later counts as not yet told."
request_id = "Pseudonym of the request's number. The same in the returns of all years only where the case system keeps its numbers; in XML it is a place in the file."
person_id = "Pseudonym of the person's number, within one return."
upn = "Pseudonym of the unique pupil number, comparable with every collection; NULL where the person has none or the person's record is missing."
received = "Day on which the request was received: the six and the twenty weeks begin."
source = "Who made the request: 1 parent or young person, 2 school or setting, 3 health, 4 social care, 5 other; NULL before the return of 2026."
outcome = "Whether to assess: Y, N, A awaited, W withdrawn, H decided before the year."
outcome_date = "Day on which the requester was told whether there will be an assessment."
days_to_outcome = "From receipt to that day (days)."
has_request_mediation = "Whether there was mediation about the refusal to assess."
has_request_tribunal = "Whether there was an appeal against the refusal to assess."
moved_to = "Authority that the person moved to before the assessment was complete, three digits."
has_assessment = "Whether the return has an assessment for this request."
assessment_outcome = "Whether to issue a plan: Y, N, A awaited, W withdrawn, H decided before the year, S issued after another authority completed the assessment."
assessment_outcome_date = "Day on which the plan was issued, or the person told that there will be none."
days_to_assessment_outcome = "From receipt of the request to that day (days)."
has_assessment_mediation = "Whether there was mediation about the refusal to issue a plan."
has_assessment_tribunal = "Whether there was an appeal against the refusal to issue a plan."
is_excepted = "Whether an exception to the 20 weeks applies."
plan_start = "First start of a plan of this request in the return; NULL where it names none."
stage_at_year_end = "What the request was on that last day, 31 December of a return: awaiting_decision, in_assessment (a plan decided on and not issued included), ended, not_received (received later, or the day is missing), or unknown (an outcome code that no list has)."
days_open_at_year_end = "From receipt to that day, while awaiting_decision or in_assessment (days); NULL otherwise."
closed = "First day on which it was not open any more: that of its withdrawal, refusal or issue; the day of receipt where it is over and no day is told; NULL while it is open."
_delivery = "The delivery that the request came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH request AS (
    SELECT
        'return' AS told_by,
        collection_year,
        request_id,
        person_id,
        received_date,
        request_source,
        request_outcome,
        request_outcome_date,
        has_request_mediation,
        has_request_tribunal,
        exported,
        CAST(NULL AS DATE) AS extract_date,
        _delivery,
        _sheet,
        _row
    FROM conformed.sen2_request
    WHERE NOT _superseded
    UNION ALL
    SELECT
        'extract',
        year.collection_year,
        listed.request_id,
        listed.person_id,
        listed.received_date,
        listed.request_source,
        listed.request_outcome,
        listed.request_outcome_date,
        listed.has_request_mediation,
        listed.has_request_tribunal,
        listed.exported,
        listed.extract_date,
        listed._delivery,
        listed._sheet,
        listed._row
    FROM conformed.ehcp_cases_request AS listed
    INNER JOIN mart.dim_ehcp_year AS year
        ON year.extract_date = listed.extract_date
        AND NOT year.extract_is_flat
    WHERE NOT listed._superseded
    UNION ALL
    SELECT
        'extract',
        year.collection_year,
        listed.case_id,
        COALESCE(listed.person_id, listed.case_id),
        listed.received_date,
        listed.request_source,
        listed.request_outcome,
        listed.request_outcome_date,
        listed.has_request_mediation,
        listed.has_request_tribunal,
        listed.exported,
        listed.extract_date,
        listed._delivery,
        listed._sheet,
        listed._row
    FROM conformed.ehcp_cases_case_list AS listed
    INNER JOIN mart.dim_ehcp_year AS year
        ON year.extract_date = listed.extract_date
        AND year.extract_is_flat
    WHERE NOT listed._superseded
),

person AS (
    SELECT 'return' AS told_by, collection_year, person_id, upn
    FROM conformed.sen2_person
    WHERE NOT _superseded
    UNION ALL
    SELECT 'extract', year.collection_year, listed.person_id, listed.upn
    FROM conformed.ehcp_cases_person AS listed
    INNER JOIN mart.dim_ehcp_year AS year
        ON year.extract_date = listed.extract_date
        AND NOT year.extract_is_flat
    WHERE NOT listed._superseded
    UNION ALL
    SELECT 'extract', year.collection_year, COALESCE(listed.person_id, listed.case_id), max(listed.upn)
    FROM conformed.ehcp_cases_case_list AS listed
    INNER JOIN mart.dim_ehcp_year AS year
        ON year.extract_date = listed.extract_date
        AND year.extract_is_flat
    WHERE NOT listed._superseded
    GROUP BY year.collection_year, COALESCE(listed.person_id, listed.case_id)
),

-- A request has at most one assessment; of several, the one with the latest outcome.
assessment AS (
    SELECT
        assessment.*,
        row_number() OVER (
            PARTITION BY told_by, collection_year, request_id
            ORDER BY assessment_outcome_date DESC NULLS LAST, assessment_id NULLS LAST
        ) AS choice
    FROM mart.ehcp_assessment_record AS assessment
),

plan AS (
    SELECT
        assessment.told_by,
        assessment.collection_year,
        assessment.request_id,
        min(named.start_date) AS plan_start,
        max(COALESCE(named.cease_date, day_of(9999, 12, 31))) AS last_end
    FROM mart.ehcp_plan_record AS named
    INNER JOIN mart.ehcp_assessment_record AS assessment
        ON assessment.told_by = named.told_by
        AND assessment.collection_year = named.collection_year
        AND assessment.assessment_id = named.assessment_id
    GROUP BY assessment.told_by, assessment.collection_year, assessment.request_id
),

told AS (
    SELECT
        request.told_by,
        year.told_by = request.told_by AS speaks,
        request.collection_year,
        year.year_start,
        year.year_end,
        CASE WHEN request.extract_date < year.year_end THEN request.extract_date ELSE year.year_end END AS told_until,
        request.request_id,
        request.person_id,
        person.upn,
        request.received_date AS received,
        request.request_source AS source,
        request.request_outcome AS outcome,
        request.request_outcome_date AS outcome_date,
        request.has_request_mediation,
        request.has_request_tribunal,
        CASE WHEN length(trim(request.exported)) = 3 THEN trim(request.exported) END AS moved_to,
        assessment.request_id IS NOT NULL AS has_assessment,
        assessment.assessment_outcome,
        assessment.assessment_outcome_date,
        assessment.has_assessment_mediation,
        assessment.has_assessment_tribunal,
        assessment.has_20_week_exception AS is_excepted,
        plan.plan_start,
        plan.last_end,
        request._delivery,
        request._sheet,
        request._row
    FROM request
    INNER JOIN mart.dim_ehcp_year AS year ON year.collection_year = request.collection_year
    LEFT JOIN person
        ON person.told_by = request.told_by
        AND person.collection_year = request.collection_year
        AND person.person_id = request.person_id
    LEFT JOIN assessment
        ON assessment.told_by = request.told_by
        AND assessment.collection_year = request.collection_year
        AND assessment.request_id = request.request_id
        AND assessment.choice = 1
    LEFT JOIN plan
        ON plan.told_by = request.told_by
        AND plan.collection_year = request.collection_year
        AND plan.request_id = request.request_id
),

-- The first day on which it was not open any more. Agreed to, and no end of it told: open. Decided before the year, and no assessment
-- told: over by then.
closing AS (
    SELECT
        told.*,
        moved_to IS NULL
        AND (
            COALESCE(outcome NOT IN ('Y', 'N', 'A', 'W', 'H'), FALSE)
            OR (
                COALESCE(outcome IN ('Y', 'H'), FALSE)
                AND COALESCE(assessment_outcome NOT IN ('Y', 'N', 'A', 'W', 'H', 'S'), FALSE)
            )
        ) AS is_unknown,
        CASE
            -- A return has no day of a withdrawal.
            WHEN moved_to IS NOT NULL OR (outcome = 'W' AND told_by = 'return') THEN received
            WHEN outcome IN ('W', 'N') THEN COALESCE(outcome_date, received)
            WHEN outcome IS NULL OR outcome = 'A' THEN CAST(NULL AS DATE)
            WHEN NOT has_assessment THEN CASE outcome WHEN 'Y' THEN CAST(NULL AS DATE) ELSE received END
            WHEN assessment_outcome IS NULL OR assessment_outcome = 'A' THEN CAST(NULL AS DATE)
            WHEN assessment_outcome IN ('Y', 'S') THEN COALESCE(assessment_outcome_date, plan_start)
            ELSE COALESCE(assessment_outcome_date, received)
        END AS closed
    FROM told
),

staged AS (
    SELECT
        closing.*,
        CASE
            WHEN received IS NULL OR received > told_until THEN 'not_received'
            WHEN closed <= told_until AND NOT is_unknown THEN 'ended'
            WHEN outcome IS NULL OR outcome = 'A' OR outcome_date > told_until THEN 'awaiting_decision'
            WHEN is_unknown THEN 'unknown'
            ELSE 'in_assessment'
        END AS stage_at_year_end
    FROM closing
)

SELECT
    told_by,
    speaks,
    CAST(CAST(collection_year AS INTEGER) - 1 AS VARCHAR) AS calendar_year,
    collection_year,
    year_start,
    year_end,
    told_until,
    request_id,
    person_id,
    upn,
    received,
    source,
    outcome,
    outcome_date,
    days_between(received, outcome_date) AS days_to_outcome,
    has_request_mediation,
    has_request_tribunal,
    moved_to,
    has_assessment,
    assessment_outcome,
    assessment_outcome_date,
    days_between(received, assessment_outcome_date) AS days_to_assessment_outcome,
    has_assessment_mediation,
    has_assessment_tribunal,
    is_excepted,
    plan_start,
    stage_at_year_end,
    CASE
        WHEN stage_at_year_end IN ('awaiting_decision', 'in_assessment') THEN days_between(received, told_until)
    END AS days_open_at_year_end,
    closed,
    _delivery,
    _sheet,
    _row
FROM staged
-- A return has what the year knows; a list has everything, and what was over before the year is left out.
WHERE told_by = 'return'
    OR (
        COALESCE(received, outcome_date, assessment_outcome_date, plan_start, year_start) <= told_until
        AND (
            closed IS NULL
            OR closed >= year_start
            OR outcome_date >= year_start
            OR assessment_outcome_date >= year_start
            OR last_end >= year_start
        )
    )
ORDER BY told_by NULLS LAST, calendar_year NULLS LAST, request_id NULLS LAST

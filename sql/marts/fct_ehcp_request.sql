/*
title = "Requests for an education, health and care needs assessment, each with its assessment, as each year's SEN2 return has them"
grain = "one request in the return of one calendar year: a request that is not over stands in the returns of several years"
key = ["calendar_year", "request_id"]

[columns]
calendar_year = "Calendar year that the return speaks for, 2024 for the return made in January 2025."
collection_year = "Year in which the return was made."
year_start = "1 January of the calendar year."
year_end = "31 December of the calendar year: what was told later counts as not yet told."
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
stage_at_year_end = "What the request was on 31 December: awaiting_decision, in_assessment (a plan decided on and not issued included), ended, not_received (received later, or the day is missing), or unknown (an outcome code that no list has)."
days_open_at_year_end = "From receipt to 31 December, while awaiting_decision or in_assessment (days); NULL otherwise."
_delivery = "The delivery that the request came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH request AS (
    SELECT
        request.*,
        day_of(CAST(collection_year AS BIGINT) - 1, 1, 1) AS year_start,
        day_of(CAST(collection_year AS BIGINT) - 1, 12, 31) AS year_end
    FROM conformed.sen2_request AS request
    WHERE NOT _superseded
),

-- A request has at most one assessment; of several, the one with the latest outcome.
assessment AS (
    SELECT
        assessment.*,
        row_number() OVER (
            PARTITION BY collection_year, request_id
            ORDER BY assessment_outcome_date DESC NULLS LAST, assessment_id NULLS LAST
        ) AS choice
    FROM conformed.sen2_assessment AS assessment
    WHERE NOT _superseded
),

plan AS (
    SELECT assessment.collection_year, assessment.request_id, min(named.start_date) AS plan_start
    FROM conformed.sen2_named_plan AS named
    INNER JOIN conformed.sen2_assessment AS assessment
        ON assessment.collection_year = named.collection_year
        AND assessment.assessment_id = named.assessment_id
        AND NOT assessment._superseded
    WHERE NOT named._superseded
    GROUP BY assessment.collection_year, assessment.request_id
),

told AS (
    SELECT
        request.collection_year,
        request.year_start,
        request.year_end,
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
        request._delivery,
        request._sheet,
        request._row
    FROM request
    LEFT JOIN conformed.sen2_person AS person
        ON person.collection_year = request.collection_year
        AND person.person_id = request.person_id
        AND NOT person._superseded
    LEFT JOIN assessment
        ON assessment.collection_year = request.collection_year
        AND assessment.request_id = request.request_id
        AND assessment.choice = 1
    LEFT JOIN plan
        ON plan.collection_year = request.collection_year
        AND plan.request_id = request.request_id
),

staged AS (
    SELECT
        told.*,
        CASE
            WHEN received IS NULL OR received > year_end THEN 'not_received'
            WHEN moved_to IS NOT NULL OR outcome = 'W' THEN 'ended'
            WHEN outcome IS NULL OR outcome = 'A' OR outcome_date > year_end THEN 'awaiting_decision'
            WHEN outcome = 'N' THEN 'ended'
            WHEN outcome NOT IN ('Y', 'H') THEN 'unknown'
            -- Agreed to, and no end of it told: open. Decided before the year, and no assessment told: over by then.
            WHEN NOT has_assessment THEN CASE outcome WHEN 'Y' THEN 'in_assessment' ELSE 'ended' END
            WHEN assessment_outcome IS NULL OR assessment_outcome = 'A' THEN 'in_assessment'
            WHEN assessment_outcome NOT IN ('Y', 'N', 'W', 'H', 'S') THEN 'unknown'
            WHEN assessment_outcome_date > year_end THEN 'in_assessment'
            WHEN assessment_outcome IN ('Y', 'S')
                AND assessment_outcome_date IS NULL
                AND (plan_start IS NULL OR plan_start > year_end) THEN 'in_assessment'
            ELSE 'ended'
        END AS stage_at_year_end
    FROM told
)

SELECT
    CAST(CAST(collection_year AS INTEGER) - 1 AS VARCHAR) AS calendar_year,
    collection_year,
    year_start,
    year_end,
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
        WHEN stage_at_year_end IN ('awaiting_decision', 'in_assessment') THEN days_between(received, year_end)
    END AS days_open_at_year_end,
    _delivery,
    _sheet,
    _row
FROM staged
ORDER BY calendar_year NULLS LAST, request_id NULLS LAST

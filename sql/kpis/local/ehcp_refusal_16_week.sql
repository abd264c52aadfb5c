/*
title = "Refusals to issue a plan told within 16 weeks"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one calendar year"
place = "council"
period_rule = "calendar year in which the refusal was told, whenever the request came"
period_kind = "calendar_year"
needs = ["sen2.request", "sen2.assessment"]
rounding = "decimal_half_up(1)"
source = "SEND Regulations 2014, regulation 10(1); DfE, Education, health and care plans, 2025: outcome_decision_within_time"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Small numbers: a council refuses few plans after an assessment, so one case moves the figure by many points.",
  "A refusal whose day is missing is in neither part: the mark counts them, and rule SEN2-030 lists them.",
  "A year whose return, or the part of it that is counted, is not here has no value, and the mark says what is missing.",
]
reads = ["dim_sen2_return", "fct_ehcp_request"]

[rows]
every = """
SELECT
    request.calendar_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, 'total' AS breakdown,
    request.request_id, request.received, request.assessment_outcome_date, request.days_to_assessment_outcome,
    CASE WHEN request.days_to_assessment_outcome <= 112 THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator, request._delivery, request._sheet, request._row
FROM mart.fct_ehcp_request AS request
CROSS JOIN mart.dim_council AS council
WHERE request.assessment_outcome = 'N'
    AND request.received IS NOT NULL
    AND request.assessment_outcome_date BETWEEN request.year_start AND request.year_end
"""
*/
WITH request AS (
    SELECT
        calendar_year,
        COALESCE(days_to_assessment_outcome <= 112, FALSE) AS is_in_numerator,
        assessment_outcome_date IS NOT NULL AND received IS NOT NULL AS is_counted
    FROM mart.fct_ehcp_request
    WHERE assessment_outcome = 'N'
        AND (assessment_outcome_date IS NULL OR assessment_outcome_date BETWEEN year_start AND year_end)
)

SELECT
    sen2.calendar_year AS period, -- calendar year of the refusal
    CAST(count(*) FILTER (WHERE request.is_counted AND request.is_in_numerator) AS DOUBLE) AS numerator, -- refusals told at most 112 days after the request was received
    CAST(count(*) FILTER (WHERE request.is_counted) AS DOUBLE) AS denominator, -- refusals to issue a plan told in the year
    CASE WHEN sen2.requests = 0 OR sen2.assessments = 0 THEN 'unavailable' END AS reason, -- what is counted is not in the return
    CASE
        WHEN sen2.requests = 0 OR sen2.assessments = 0 THEN 'no source: ' || sen2.absence
        WHEN count(*) FILTER (WHERE NOT request.is_counted) > 0 THEN
            'partial: left out, refusals without a day or without the day of receipt: ' || CAST(count(*) FILTER (WHERE NOT request.is_counted) AS VARCHAR)
    END AS mark
FROM mart.dim_sen2_return AS sen2
LEFT JOIN request ON request.calendar_year = sen2.calendar_year
GROUP BY sen2.calendar_year, sen2.requests, sen2.assessments, sen2.absence
HAVING count(*) FILTER (WHERE request.is_counted) > 0
    OR sen2.requests = 0 OR sen2.assessments = 0

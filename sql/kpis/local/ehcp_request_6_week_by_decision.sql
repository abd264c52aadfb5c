/*
title = "Requests for an assessment decided on within 6 weeks, by year of decision"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one calendar year"
place = "council"
period_rule = "calendar year in which the decision was told, whenever the request came"
period_kind = "calendar_year"
needs = ["sen2.request"]
rounding = "decimal_half_up(1)"
source = "SEND Regulations 2014, regulation 5(1); DfE, Education, health and care plans, 2025: request_outcome_six_weeks over those decided within and over six weeks"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Two readings: this one counts the decisions told in the year, whenever the request came, ehcp_request_6_week the requests received in it.",
  "A decision whose day is missing is in neither part: the mark counts them, and rule X-013 lists them.",
  "A year whose return, or the part of it that is counted, is not here has no value, and the mark says what is missing.",
]
reads = ["dim_sen2_return", "fct_ehcp_request"]

[rows]
every = """
SELECT
    request.calendar_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, 'total' AS breakdown,
    request.request_id, request.received, request.outcome, request.outcome_date, request.days_to_outcome,
    CASE WHEN request.days_to_outcome <= 42 THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator, request._delivery, request._sheet, request._row
FROM mart.fct_ehcp_request AS request
CROSS JOIN mart.dim_council AS council
WHERE request.received IS NOT NULL
    AND request.outcome IN ('Y', 'N')
    AND request.outcome_date BETWEEN request.year_start AND request.year_end
"""
*/
WITH request AS (
    SELECT
        calendar_year,
        COALESCE(days_to_outcome <= 42, FALSE) AS is_in_numerator,
        outcome_date IS NOT NULL AND received IS NOT NULL AS is_counted
    FROM mart.fct_ehcp_request
    WHERE outcome IN ('Y', 'N')
        AND (outcome_date IS NULL OR outcome_date BETWEEN year_start AND year_end)
)

SELECT
    sen2.calendar_year AS period, -- calendar year of the decision
    CAST(count(*) FILTER (WHERE request.is_counted AND request.is_in_numerator) AS DOUBLE) AS numerator, -- decisions told at most 42 days after the request was received
    CAST(count(*) FILTER (WHERE request.is_counted) AS DOUBLE) AS denominator, -- decisions, to assess or not, told in the year
    CASE WHEN sen2.requests = 0 THEN 'unavailable' END AS reason, -- what is counted is not in the return
    CASE
        WHEN sen2.requests = 0 THEN 'no source: ' || sen2.absence
        WHEN count(*) FILTER (WHERE NOT request.is_counted) > 0 THEN
            'partial: left out, decisions without a day or without the day of receipt: ' || CAST(count(*) FILTER (WHERE NOT request.is_counted) AS VARCHAR)
    END AS mark
FROM mart.dim_sen2_return AS sen2
LEFT JOIN request ON request.calendar_year = sen2.calendar_year
GROUP BY sen2.calendar_year, sen2.requests, sen2.assessments, sen2.absence
HAVING count(*) FILTER (WHERE request.is_counted) > 0
    OR sen2.requests = 0

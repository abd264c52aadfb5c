/*
title = "Requests for an assessment that the council agreed to"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "none"
grain = "one council in one calendar year"
place = "council"
period_rule = "calendar year in which the request was received"
period_kind = "calendar_year"
needs = ["sen2.request"]
rounding = "decimal_half_up(1)"
source = "DfE, Education, health and care plans, 2025: requests_decided_to_assess over requests_received_in_year"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Requests that wait for their decision or were withdrawn stay in the denominator: a council that is slow shows a lower rate.",
  "A decision reversed after mediation or appeal stays as it was first told.",
  "Requests decided before the year (H) are not counted.",
  "A year whose return, or the part of it that is counted, is not here has no value, and the mark says what is missing.",
]
reads = ["dim_sen2_return", "fct_ehcp_request"]

[rows]
every = """
SELECT
    request.calendar_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, 'total' AS breakdown,
    request.request_id, request.received, request.outcome, request.outcome_date,
    CASE WHEN request.outcome = 'Y' AND COALESCE(request.outcome_date, request.year_end) <= request.year_end THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator, request._delivery, request._sheet, request._row
FROM mart.fct_ehcp_request AS request
CROSS JOIN mart.dim_council AS council
WHERE request.received BETWEEN request.year_start AND request.year_end
    AND request.outcome IS DISTINCT FROM 'H'
"""
*/
WITH request AS (
    SELECT
        calendar_year,
        COALESCE(outcome = 'Y' AND COALESCE(outcome_date, year_end) <= year_end, FALSE) AS is_in_numerator,
        TRUE AS is_counted
    FROM mart.fct_ehcp_request
    WHERE received BETWEEN year_start AND year_end
        AND outcome IS DISTINCT FROM 'H'
)

SELECT
    sen2.calendar_year AS period, -- calendar year of receipt
    CAST(count(*) FILTER (WHERE request.is_counted AND request.is_in_numerator) AS DOUBLE) AS numerator, -- requests with a decision to assess told by 31 December
    CAST(count(*) FILTER (WHERE request.is_counted) AS DOUBLE) AS denominator, -- requests received in the year
    CASE WHEN sen2.requests = 0 THEN 'unavailable' END AS reason, -- what is counted is not in the return
    CASE
        WHEN sen2.requests = 0 THEN 'no source: ' || sen2.absence
    END AS mark
FROM mart.dim_sen2_return AS sen2
LEFT JOIN request ON request.calendar_year = sen2.calendar_year
GROUP BY sen2.calendar_year, sen2.requests, sen2.assessments, sen2.absence
HAVING count(*) FILTER (WHERE request.is_counted) > 0
    OR sen2.requests = 0

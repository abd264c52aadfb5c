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
reads = ["fct_ehcp_request"]

[series]
day = "received"
kinds = ["month", "term", "academic_year", "rolling_12_months", "calendar_year_to_date"]
*/
SELECT
    calendar_year AS period, request_id, received, outcome, outcome_date,
    CASE WHEN outcome = 'Y' AND COALESCE(outcome_date, year_end) <= year_end THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator,
    _delivery, _sheet, _row
FROM mart.fct_ehcp_request
WHERE received BETWEEN year_start AND year_end
    AND outcome IS DISTINCT FROM 'H'

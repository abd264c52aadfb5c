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
needs = ["sen2.request | ehcp_cases.request | ehcp_cases.case_list"]
rounding = "decimal_half_up(1)"
source = "DfE, Education, health and care plans, 2025: requests_decided_to_assess over requests_received_in_year"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Requests that wait for their decision or were withdrawn stay in the denominator: a council that is slow shows a lower rate.",
  "A decision reversed after mediation or appeal stays as it was first told.",
  "Requests decided before the year (H) are not counted.",
  "A year whose return, or the part of it that is counted, is not here has no value, and the mark says what is missing.",
  "A year that no SEN2 return tells yet is told by the case system's list of all cases, as far as the latest goes, and marked provisional: the return replaces it.",
]
reads = ["dim_ehcp_day", "fct_ehcp_request"]

[series]
day = "received"
kinds = ["month", "term", "academic_year", "rolling_12_months", "calendar_year_to_date"]
*/
SELECT
    request.calendar_year AS period, request.request_id, request.received, request.outcome, request.outcome_date,
    CASE WHEN request.outcome = 'Y' AND COALESCE(request.outcome_date, day.stands_on) <= day.stands_on THEN 1 ELSE 0 END AS in_numerator,
    1 AS in_denominator, request._delivery, request._sheet, request._row
FROM mart.fct_ehcp_request AS request
INNER JOIN mart.dim_ehcp_day AS day ON day.calendar_year = request.calendar_year
WHERE request.received BETWEEN request.year_start AND request.year_end
    AND request.outcome IS DISTINCT FROM 'H'

/*
title = "Requests for an assessment decided on within 6 weeks, by year of receipt"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one calendar year"
place = "council"
period_rule = "calendar year in which the request was received"
period_kind = "calendar_year"
needs = ["sen2.request | ehcp_cases.request | ehcp_cases.case_list"]
rounding = "decimal_half_up(1)"
source = "SEND Regulations 2014, regulation 5(1); DfE, Education, health and care plans, 2025: request_outcome_six_weeks over those decided within and over six weeks"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Two readings: this one counts the requests received in the year, ehcp_request_6_week_by_decision the decisions told in it. DfE's rule is not published; its counts stand beside requests_received_in_year.",
  "Only requests that were decided by 31 December are counted: those that wait, however long, are in ehcp_backlog.",
  "A decision whose day is missing is in neither part: the mark counts them, and rule X-013 lists them.",
  "A request that is decided in the year after it was received is in the figure of neither year: autumn's late decisions are missing. They are in ehcp_request_6_week_by_decision.",
  "A year whose return, or the part of it that is counted, is not here has no value, and the mark says what is missing.",
  "A year that no SEN2 return tells yet is told by the case system's list of all cases, as far as the latest goes, and marked provisional: the return replaces it.",
]
reads = ["dim_ehcp_day", "fct_ehcp_request"]

[series]
day = "received"
kinds = ["month", "term", "academic_year", "rolling_12_months", "calendar_year_to_date"]
*/
SELECT
    request.calendar_year AS period, request.request_id, request.received, request.outcome, request.outcome_date, request.days_to_outcome,
    CASE WHEN request.days_to_outcome <= 42 THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator,
    CASE WHEN request.outcome_date IS NULL THEN 'decisions have no day' END AS left_out,
    request._delivery, request._sheet, request._row
FROM mart.fct_ehcp_request AS request
INNER JOIN mart.dim_ehcp_day AS day ON day.calendar_year = request.calendar_year
WHERE request.received BETWEEN request.year_start AND request.year_end
    AND request.outcome IN ('Y', 'N')
    AND (request.outcome_date IS NULL OR request.outcome_date <= day.stands_on)

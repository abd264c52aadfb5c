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
needs = ["sen2.request | ehcp_cases.request | ehcp_cases.case_list"]
rounding = "decimal_half_up(1)"
source = "SEND Regulations 2014, regulation 5(1); DfE, Education, health and care plans, 2025: request_outcome_six_weeks over those decided within and over six weeks"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Two readings: this one counts the decisions told in the year, whenever the request came, ehcp_request_6_week the requests received in it.",
  "A decision whose day is missing is in neither part: the mark counts them, and rule X-013 lists them.",
  "A year whose return, or the part of it that is counted, is not here has no value, and the mark says what is missing.",
  "A year that no SEN2 return tells yet is told by the case system's list of all cases, as far as the latest goes, and marked provisional: the return replaces it.",
]
reads = ["fct_ehcp_request"]

[series]
day = "outcome_date"
kinds = ["month", "term", "academic_year", "rolling_12_months", "calendar_year_to_date"]
*/
SELECT
    calendar_year AS period, request_id, received, outcome, outcome_date, days_to_outcome,
    CASE WHEN days_to_outcome <= 42 THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator,
    CASE WHEN outcome_date IS NULL OR received IS NULL THEN 'decisions have no day, or no day of receipt,' END AS left_out, _delivery, _sheet, _row
FROM mart.fct_ehcp_request
WHERE outcome IN ('Y', 'N')
    AND (outcome_date IS NULL OR outcome_date BETWEEN year_start AND year_end)

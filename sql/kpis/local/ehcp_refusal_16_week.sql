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
needs = ["sen2.request | ehcp_cases.request | ehcp_cases.case_list", "sen2.assessment | ehcp_cases.assessment | ehcp_cases.case_list"]
rounding = "decimal_half_up(1)"
source = "SEND Regulations 2014, regulation 10(1); DfE, Education, health and care plans, 2025: outcome_decision_within_time"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Small numbers: a council refuses few plans after an assessment, so one case moves the figure by many points.",
  "A refusal whose day is missing is in neither part: the mark counts them, and rule SEN2-030 lists them.",
  "A year whose return, or the part of it that is counted, is not here has no value, and the mark says what is missing.",
  "A year that no SEN2 return tells yet is told by the case system's list of all cases, as far as the latest goes, and marked provisional: the return replaces it.",
]
reads = ["fct_ehcp_request"]

[series]
day = "assessment_outcome_date"
kinds = ["month", "term", "academic_year", "rolling_12_months", "calendar_year_to_date"]
*/
SELECT
    calendar_year AS period, request_id, received, assessment_outcome_date, days_to_assessment_outcome,
    CASE WHEN days_to_assessment_outcome <= 112 THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator,
    CASE WHEN assessment_outcome_date IS NULL OR received IS NULL THEN 'refusals have no day, or no day of receipt,' END AS left_out, _delivery, _sheet, _row
FROM mart.fct_ehcp_request
WHERE assessment_outcome = 'N'
    AND (assessment_outcome_date IS NULL OR assessment_outcome_date BETWEEN year_start AND year_end)

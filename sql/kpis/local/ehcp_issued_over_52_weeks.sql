/*
title = "Education, health and care plans issued after more than a year, including exceptions"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "low"
grain = "one council in one calendar year"
place = "council"
period_rule = "calendar year in which the plan was issued"
period_kind = "calendar_year"
needs = ["sen2.request | ehcp_cases.request | ehcp_cases.case_list", "sen2.assessment | ehcp_cases.assessment | ehcp_cases.case_list"]
rounding = "decimal_half_up(1)"
source = "DfE, Education, health and care plans, 2025: gt20weeks_ltYear, gt_1_year, over all plans issued; bands by days as ehcp_backlog has them: a year is 52 weeks, 364 days"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "With ehcp_20_week and ehcp_issued_20_to_52_weeks it adds up to all plans issued.",
  "It rises while old cases are cleared: read it beside ehcp_backlog.",
  "The end of the 20 weeks is the day of the assessment's outcome, and where the return lacks it the start of the plan; how DfE takes it is not published. mart.fct_ehcp_plan.start_differs lists plans where the two differ.",
  "A plan that was issued after another authority's assessment (outcome S) is not counted.",
  "A plan whose request is missing from the return has no day of receipt and is left out: the mark counts them, and the check ehcp_records_have_their_parents lists them.",
  "A year whose return, or whose requests or assessments, are not here has no value, and the mark says what is missing.",
  "A year that no SEN2 return tells yet is told by the case system's list of all cases, as far as the latest goes, and marked provisional: the return replaces it.",
]
reads = ["fct_ehcp_plan"]
partly = { "sen2.named_plan | ehcp_cases.named_plan | ehcp_cases.case_list" = "plans whose outcome has no day are left out" }

[series]
day = "issued"
kinds = ["month", "term", "academic_year", "rolling_12_months", "calendar_year_to_date"]
*/
SELECT
    calendar_year AS period, request_id, received, issued, days_to_issue,
    CASE WHEN days_to_issue > 364 THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator,
    CASE WHEN days_to_issue IS NULL THEN 'plans issued have no day of receipt' END AS left_out, _delivery, _sheet, _row
FROM mart.fct_ehcp_plan
WHERE is_new

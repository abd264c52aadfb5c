/*
title = "Education, health and care plans issued within 20 weeks, without cases to which exceptions apply"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one calendar year"
place = "council"
period_rule = "calendar year in which the plan was issued"
period_kind = "calendar_year"
needs = ["sen2.request | ehcp_cases.request | ehcp_cases.case_list", "sen2.assessment | ehcp_cases.assessment | ehcp_cases.case_list"]
rounding = "decimal_half_up(1)"
source = "SEND Regulations 2014, regulations 10(4)(a) to (d) and 13(2) and (3); counted as DfE counts SEN2 (`week20` = 0 in both parts)"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Only plans that were issued are counted, so clearing old cases lowers the figure: read it beside ehcp_backlog.",
  "Exceptions are what the council recorded: compare their share with ehcp_20_week before trusting a gap between the two.",
  "A plan for which it is not said whether an exception applies is in neither part: the mark counts them, and rule X-014 lists them (of a return it refuses the row).",
  "The end of the 20 weeks is the day of the assessment's outcome, and where the return lacks it the start of the plan; how DfE takes it is not published. mart.fct_ehcp_plan.start_differs lists plans where the two differ.",
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
    CASE WHEN days_to_issue <= 140 THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator,
    CASE
        WHEN days_to_issue IS NULL OR is_excepted IS NULL
            THEN 'plans issued have no day of receipt, or do not say whether an exception applies,'
    END AS left_out, _delivery, _sheet, _row
FROM mart.fct_ehcp_plan
WHERE is_new
    AND is_excepted IS DISTINCT FROM TRUE

/*
title = "Refusals to assess or to issue a plan about which there was mediation"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "none"
grain = "one council in one calendar year, and each stage"
place = "council"
period_rule = "calendar year in which the refusal was told"
period_kind = "calendar_year"
needs = ["sen2.request | ehcp_cases.request | ehcp_cases.case_list", "sen2.assessment | ehcp_cases.assessment | ehcp_cases.case_list"]
rounding = "decimal_half_up(1)"
source = "DfE, SEN2 guide, items 2.5, 2.6, 3.3 and 3.4; Education, health and care plans, 2025: mediation_related_request, tribunal_related_request, tribunal_after_mediation_request and those of assessments"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Refusals told in the year: to assess, and after an assessment to issue a plan. A refusal is the authority's own decision; appeals about the contents of plans are not in it.",
  "A mediation or an appeal counts whichever return tells of it: it may come after the year of the refusal.",
  "A year whose return, or whose requests or assessments, are not here has no value, and the mark says what is missing.",
  "A year that no SEN2 return tells yet is told by the case system's list of all cases, as far as the latest goes, and marked provisional: the return replaces it.",
]
reads = ["fct_ehcp_refusal"]

[series]
day = "refused"
kinds = ["month", "term", "academic_year", "rolling_12_months", "calendar_year_to_date"]
*/
SELECT
    refusal.calendar_year AS period, CASE split.kind WHEN 'total' THEN 'total' ELSE 'stage=' || refusal.stage END AS breakdown,
    refusal.request_id, refusal.stage, refusal.refused, refusal.has_mediation, refusal.has_tribunal,
    CASE WHEN refusal.has_mediation THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator, refusal._delivery, refusal._sheet, refusal._row
FROM mart.fct_ehcp_refusal AS refusal
CROSS JOIN (VALUES ('total'), ('stage')) AS split (kind)

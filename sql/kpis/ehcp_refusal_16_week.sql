/*
title = "Decisions not to issue a plan that were told within 16 weeks"
basis = "published"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one authority, region or nation in one calendar year by breakdown"
place = "printed"
breakdown = "printed"
period_rule = "calendar year of the assessment"
rounding = "f64_floor_half(1)"
source = "DfE, Education, health and care plans, 2025 and 2026 (EES), assessments.csv; SEND Regulations 2014, regulation 10(1)"
suppression = "as published: DfE does not suppress these files; x (not available) and z (not applicable) have no value and a reason, never zero"
caveats = [
  "Of decisions not to issue whose time is known: within and over 16 weeks of the request.",
  "Years before the return was collected person by person are not available.",
]
reads = ["published_ehcp_assessments"]
*/
SELECT
    period, -- calendar year
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
    breakdown_topic, breakdown, -- as printed: total, or characteristic and group
    CAST(outcome_decision_within_time AS DOUBLE) AS numerator, -- told within 16 weeks
    CAST(outcome_decision_within_time AS DOUBLE) + CAST(outcome_decision_over_time AS DOUBLE) AS denominator, -- decisions not to issue whose time is known
    COALESCE(outcome_decision_within_time_reason, outcome_decision_over_time_reason) AS reason, -- why there is no value
    CAST(outcome_decision_within_time_pc AS DOUBLE) AS published, -- percentage printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_ehcp_assessments

/*
title = "Assessments after which a plan was issued"
basis = "published"
area = "context"
unit = "percent"
polarity = "none"
grain = "one authority, region or nation in one calendar year by breakdown"
place = "printed"
breakdown = "printed"
period_rule = "calendar year of the assessment"
rounding = "f64_floor_half(1)"
source = "DfE, Education, health and care plans, 2025 and 2026 (EES), assessments.csv"
suppression = "as published: DfE does not suppress these files; x (not available) and z (not applicable) have no value and a reason, never zero"
caveats = [
  "Of all assessments of the year, those too whose decision is outstanding or whose request was withdrawn.",
  "Neither high nor low is good: it says how many of those who were assessed were found to need a plan.",
]
reads = ["published_ehcp_assessments"]
*/
SELECT
    period, -- calendar year
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
    breakdown_topic, breakdown, -- as printed: total, or characteristic and group
    CAST(assess_issued AS DOUBLE) AS numerator, -- assessments after which a plan was issued
    CAST(assess_in_year AS DOUBLE) AS denominator, -- assessments
    COALESCE(assess_issued_reason, assess_in_year_reason) AS reason, -- why there is no value
    CAST(assess_issued_pc AS DOUBLE) AS published, -- percentage printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_ehcp_assessments

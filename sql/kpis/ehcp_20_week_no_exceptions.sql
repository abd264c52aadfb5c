/*
title = "Education, health and care plans issued within 20 weeks, excluding exceptions"
basis = "published"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one authority, region or nation in one calendar year by breakdown"
place = "printed"
breakdown = "printed"
period_rule = "calendar year in which the plan was issued"
rounding = "f64_floor_half(1)"
source = "DfE, Education, health and care plans, 2025 and 2026 (EES), timeliness_20_week.csv; SEND Regulations 2014, regulations 10(4) and 13(3)"
suppression = "as published: DfE does not suppress these files; x (not available) and z (not applicable) have no value and a reason, never zero"
caveats = [
  "Plans to which an exception applies are left out of both numerator and denominator.",
  "For 2024, Dorset and City of London classed every new plan as an exception.",
  "Before 2023 the SEN2 return was collected as totals, since then person by person: a break in the series.",
]
reads = ["published_ehcp_timeliness"]
*/
SELECT
    period, -- calendar year
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
    breakdown_topic, breakdown, -- as printed: total, or characteristic and group
    CAST(plans_issued_20_weeks_ex AS DOUBLE) AS numerator, -- plans without exceptions issued within 20 weeks
    CAST(plans_issued_den_ex AS DOUBLE) AS denominator, -- new plans issued without exceptions
    COALESCE(plans_issued_20_weeks_ex_reason, plans_issued_den_ex_reason) AS reason, -- why there is no value
    CAST(pc_plans_issued_20_weeks_ex AS DOUBLE) AS published, -- percentage printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_ehcp_timeliness

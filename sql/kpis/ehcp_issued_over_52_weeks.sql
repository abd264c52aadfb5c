/*
title = "Education, health and care plans issued after more than a year, exceptions counted"
basis = "published"
area = "ASW1"
unit = "percent"
polarity = "low"
grain = "one authority, region or nation in one calendar year by breakdown"
place = "printed"
breakdown = "printed"
period_rule = "calendar year in which the plan was issued"
rounding = "f64_floor_half(1)"
source = "DfE, Education, health and care plans, 2025 and 2026 (EES), timeliness_20_week.csv; SEND Regulations 2014, regulation 13(2)"
suppression = "as published: DfE does not suppress these files; x (not available) and z (not applicable) have no value and a reason, never zero"
caveats = [
  "Only plans that were issued are counted, so clearing old cases raises the figure: read it beside the age of open cases.",
  "The denominator is not the number of new plans in new_plans; DfE does not explain the gap.",
  "Before 2023 the SEN2 return was collected as totals, since then person by person: a break in the series.",
]
reads = ["published_ehcp_timeliness"]
*/
SELECT
    period, -- calendar year
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
    breakdown_topic, breakdown, -- as printed: total, or characteristic and group
    CAST(plans_issued_gt_1_year AS DOUBLE) AS numerator, -- plans issued after 52 weeks, exceptions counted
    CAST(plans_issued_den AS DOUBLE) AS denominator, -- new plans issued, exceptions counted
    COALESCE(plans_issued_gt_1_year_reason, plans_issued_den_reason) AS reason, -- why there is no value
    CAST(pc_plans_issued_gt_1_year AS DOUBLE) AS published, -- percentage printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_ehcp_timeliness

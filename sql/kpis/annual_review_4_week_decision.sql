/*
title = "Annual reviews decided within 4 weeks of the meeting"
basis = "published"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one authority, region or nation in one calendar year by breakdown"
place = "printed"
breakdown = "printed"
period_rule = "calendar year of the return"
rounding = "f64_floor_half(1)"
source = "DfE, Education, health and care plans, 2025 and 2026 (EES), annual_reviews.csv; SEND Regulations 2014, regulations 20(10) and 21(10)"
suppression = "as published: DfE does not suppress these files; x (not available) and z (not applicable) have no value and a reason, never zero"
caveats = [
  "Blackpool and Reading returned no data for 2024; DfE suppressed Waltham Forest, Surrey, Redbridge, Hertfordshire and Plymouth pending checks.",
  "First published for 2024. The release of 2025 counted every decision that the return carried, that of 2026 those of reviews completed in the year: 2024 and 2025 are no series.",
  "The release of 2026 prints the counts and no percentage any more.",
]
reads = ["published_ehcp_annual_reviews"]
*/
SELECT
    period, -- calendar year
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
    breakdown_topic, breakdown, -- as printed: total, or characteristic and group
    CAST(number_decision_4weeks AS DOUBLE) AS numerator, -- reviews whose decision was sent within four weeks of the meeting
    CAST(number_decision_4weeks AS DOUBLE) + CAST(number_decision_gt_4weeks AS DOUBLE) AS denominator, -- reviews with a decision and a meeting date
    COALESCE(number_decision_4weeks_reason, number_decision_gt_4weeks_reason) AS reason, -- why there is no value
    CAST(pc_decision_4weeks AS DOUBLE) AS published, -- percentage printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_ehcp_annual_reviews

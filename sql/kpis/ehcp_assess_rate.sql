/*
title = "Requests for an assessment that led to an assessment"
basis = "published"
area = "ASW1"
unit = "percent"
polarity = "none"
grain = "one authority, region or nation in one calendar year by breakdown"
place = "printed"
breakdown = "printed"
period_rule = "calendar year in which the request was received"
rounding = "f64_floor_half(1)"
source = "DfE, Education, health and care plans, 2025 and 2026 (EES), requests.csv"
suppression = "as published: DfE does not suppress these files; x (not available) and z (not applicable) have no value and a reason, never zero"
caveats = [
  "Requests still awaiting a decision and those withdrawn stay in the denominator.",
]
reads = ["published_ehcp_requests"]
*/
SELECT
    period, -- calendar year
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
    breakdown_topic, breakdown, -- as printed: total, or characteristic and group
    CAST(requests_decided_to_assess AS DOUBLE) AS numerator, -- requests that the authority decided to assess
    CAST(requests_received_in_year AS DOUBLE) AS denominator, -- requests received in the year
    COALESCE(requests_decided_to_assess_reason, requests_received_in_year_reason) AS reason, -- why there is no value
    CAST(request_assess_pc AS DOUBLE) AS published, -- percentage printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_ehcp_requests

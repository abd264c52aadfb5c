/*
title = "Requests for an assessment that led to an assessment"
basis = "published"
area = "ASW1"
unit = "percent"
polarity = "none"
grain = "one authority, region or nation in one calendar year by breakdown"
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
    CASE geographic_level
        WHEN 'National' THEN 'nation'
        WHEN 'Regional' THEN 'region'
        WHEN 'Local authority' THEN 'authority'
    END AS geography_level, -- nation, region or authority
    CASE geographic_level
        WHEN 'National' THEN country_code
        WHEN 'Regional' THEN region_code
        ELSE old_la_code
    END AS geography_code, -- GSS code of nation and region, three-digit authority code
    CASE geographic_level
        WHEN 'National' THEN country_name
        WHEN 'Regional' THEN region_name
        ELSE la_name
    END AS geography_name, -- as printed in that release
    CASE
        WHEN breakdown = breakdown_topic THEN 'total'
        WHEN breakdown_topic = 'Child or young persons age' THEN 'age=' || breakdown
        ELSE lower(replace(breakdown_topic, ' ', '_')) || '=' || breakdown
    END AS breakdown, -- total, or characteristic and group
    CAST(requests_decided_to_assess AS DOUBLE) AS numerator, -- requests that the authority decided to assess
    CAST(requests_received_in_year AS DOUBLE) AS denominator, -- requests received in the year
    COALESCE(requests_decided_to_assess_reason, requests_received_in_year_reason) AS reason, -- why there is no value
    CAST(request_assess_pc AS DOUBLE) AS published, -- percentage printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_ehcp_requests
-- Rows of other kinds of place, or without a place that can be told, are in the mart alone.
WHERE (geographic_level = 'National' AND country_code IS NOT NULL)
    OR (geographic_level = 'Regional' AND length(region_code) = 9)
    OR (geographic_level = 'Local authority' AND length(old_la_code) = 3)

/*
title = "Requests for an assessment decided within 6 weeks"
basis = "published"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one authority, region or nation in one calendar year by breakdown"
place = "printed"
breakdown = "printed"
period_rule = "calendar year in which the request was received"
rounding = "f64_floor_half(1)"
source = "DfE, Education, health and care plans, 2025 and 2026 (EES), requests.csv; SEND Regulations 2014, regulation 5(1)"
suppression = "as published: DfE does not suppress these files; x (not available) and z (not applicable) have no value and a reason, never zero"
caveats = [
  "DfE divides by a few more requests than the file prints: those within six weeks, those over, and an unprinted number whose time is not known (Wokingham 27 in 2023, Surrey about 31 in 2024). Where an authority has such requests, the printed figure is lower than this one.",
]
differences = [
  { layouts = ["requests"], denominator_lacks = true, what = "The printed percentages of 245 rows divide by more requests than the two printed counts: in every one of them, six weeks + over six weeks + k gives both printed percentages for a whole number k of at least 1 (requests whose time is not known), which the file does not print. 48 further rows print 0 per cent of no requests, and have no value here." },
]
reads = ["published_ehcp_requests"]
*/
SELECT
    period, -- calendar year
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
    breakdown_topic, breakdown, -- as printed: total, or characteristic and group
    CAST(request_outcome_six_weeks AS DOUBLE) AS numerator, -- requests decided within six weeks
    CAST(request_outcome_six_weeks AS DOUBLE) + CAST(request_outcome_over_6_weeks AS DOUBLE) AS denominator, -- requests decided, within six weeks or over
    COALESCE(request_outcome_six_weeks_reason, request_outcome_over_6_weeks_reason) AS reason, -- why there is no value
    CAST(request_outcome_six_weeks_pc AS DOUBLE) AS published, -- percentage printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_ehcp_requests

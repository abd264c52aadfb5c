/*
title = "Agency workers among children's social workers"
basis = "published"
area = "workforce"
unit = "percent"
polarity = "low"
grain = "one authority, region or nation on one 30 September, in full-time equivalents and in people"
place = "printed"
period_rule = "year of the count, on 30 September"
rounding = "decimal_half_up(1)"
source = "DfE, Children's social work workforce 2025 (EES), 1. Indicators"
suppression = "as published: z (not applicable), x (not available), c (suppressed), low and u have no value and a reason, never zero"
caveats = [
  "Children's social workers, not the teams that assess and review plans, of which there is no national figure: the nearest measure beside those of our own teams.",
  "Agency workers over those in post and agency workers together.",
]
differences = [
  { layouts = ["indicators"], parts_within = 0.1, what = "DfE divides before it rounds full-time equivalents to a tenth: in small authorities the last digit may differ from that of the printed parts (North East 2025: 158.5 of 206.0 is 76.9, and 77 is printed)." },
]
reads = ["published_social_work_indicators"]
*/
SELECT
    period, -- year of 30 September
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
    'total' AS breakdown, -- full-time equivalents
    CAST(agency_fte AS DOUBLE) AS numerator, -- agency workers (full-time equivalent)
    CAST(agency_fte AS DOUBLE) + CAST(inpost_fte AS DOUBLE) AS denominator, -- agency workers and those in post (full-time equivalent)
    COALESCE(agency_fte_reason, inpost_fte_reason) AS reason, -- why there is no value
    CAST(agency_rate_fte AS DOUBLE) AS published, -- rate printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_social_work_indicators

UNION ALL

SELECT
    period, -- year of 30 September
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
    'basis=headcount' AS breakdown, -- people
    CAST(agency_headcount AS DOUBLE) AS numerator, -- agency workers (people)
    CAST(agency_headcount AS DOUBLE) + CAST(inpost_headcount AS DOUBLE) AS denominator, -- agency workers and those in post (people)
    COALESCE(agency_headcount_reason, inpost_headcount_reason) AS reason, -- why there is no value
    CAST(agency_rate_headcount AS DOUBLE) AS published, -- rate printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_social_work_indicators

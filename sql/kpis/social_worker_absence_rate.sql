/*
title = "Sickness absence of children's social workers"
basis = "published"
area = "workforce"
unit = "percent"
polarity = "low"
grain = "one authority, region or nation on one 30 September"
place = "printed"
period_rule = "twelve months up to 30 September of the year"
rounding = "none(1)"
source = "DfE, Children's social work workforce 2025 (EES), 1. Indicators"
suppression = "as published: z (not applicable), x (not available), c (suppressed), low and u have no value and a reason, never zero"
caveats = [
  "Children's social workers, not the teams that assess and review plans, of which there is no national figure: the nearest measure beside those of our own teams.",
]
carries = true
not_comparable = "carried as printed: the file has the days lost and no days that could be worked, which they are divided by"
reads = ["published_social_work_indicators"]
*/
SELECT
    period, -- year of 30 September
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
    'total' AS breakdown, -- all
    CAST(working_days_lost_fte AS DOUBLE) AS numerator, -- working days lost (full-time equivalent)
    CAST(NULL AS DOUBLE) AS denominator, -- days that could be worked: not in the file
    absence_rate_fte_reason AS reason, -- why there is no value
    CAST(absence_rate_fte AS DOUBLE) AS published, -- rate printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_social_work_indicators

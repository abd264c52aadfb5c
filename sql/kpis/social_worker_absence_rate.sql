/*
title = "Sickness absence of children's social workers"
basis = "published"
area = "workforce"
unit = "percent"
polarity = "low"
grain = "one authority, region or nation on one 30 September"
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
-- Rows of other kinds of place, or without a place that can be told, are in the mart alone.
WHERE (geographic_level = 'National' AND country_code IS NOT NULL)
    OR (geographic_level = 'Regional' AND length(region_code) = 9)
    OR (geographic_level = 'Local authority' AND length(old_la_code) = 3)

/*
title = "Children missing education"
basis = "published"
area = "ASW2"
unit = "per_100"
polarity = "low"
grain = "one authority, region or nation on the census day of one term"
period_rule = "term of the census (2025/26 autumn)"
rounding = "none(7)"
source = "DfE, Children missing education, autumn term 2025/26 (EES)"
suppression = "as published: z (not applicable), x (not available), c (suppressed), low and u have no value and a reason, never zero"
caveats = [
  "Children who are on no roll and not taught otherwise; counts are rounded by DfE.",
  "The census days of a year are not added up.",
]
carries = true
not_comparable = "carried as printed: the count is rounded, and the children of compulsory school age that it is divided by are not in the file"
reads = ["published_missing_education_census"]
*/
SELECT
    period_of(period, time_identifier) AS period, -- term of the census
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
    CAST(child_count AS DOUBLE) AS numerator, -- children missing education (rounded)
    CAST(NULL AS DOUBLE) AS denominator, -- children of compulsory school age: not in the file
    rate_per_100_reason AS reason, -- why there is no value
    CAST(rate_per_100 AS DOUBLE) AS published, -- rate printed in the file
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_missing_education_census
-- Rows of other kinds of place, or without a place that can be told, are in the mart alone.
WHERE breakdown = 'Total'
    AND ((geographic_level = 'National' AND country_code IS NOT NULL)
        OR (geographic_level = 'Regional' AND length(region_code) = 9)
        OR (geographic_level = 'Local authority' AND length(old_la_code) = 3))

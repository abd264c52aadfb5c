/*
title = "Placements in alternative provision that the authority funds, by setting and reason"
basis = "published"
area = "ASW2"
unit = "percent"
polarity = "none"
grain = "one kind of setting and one reason in one authority, region or nation in one year"
period_rule = "academic year: the January census within it"
rounding = "significant(10)"
source = "DfE, Schools, pupils and their characteristics 2024/25 (EES), local authority funded placements"
suppression = "as published: z (not applicable), x (not available), c (suppressed), low and u have no value and a reason, never zero"
caveats = [
  "Names of settings change between years.",
]
differences = [
  { layouts = ["funded_placements"], what = "Shares below 1 are printed cut, and not rounded, to eleven characters: 2 of 732 is 0.2732240437 and is printed 0.273224043." },
]
reads = ["published_alternative_provision_funded_placements"]
*/
SELECT
    period, -- academic year
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
        WHEN setting_type = 'Total' AND reason_for_placement = 'Total' THEN 'total'
        WHEN reason_for_placement = 'Total' THEN 'setting=' || setting_type
        WHEN setting_type = 'Total' THEN 'reason=' || reason_for_placement
        ELSE 'setting=' || setting_type || ', reason=' || reason_for_placement
    END AS breakdown, -- setting and reason
    CAST(number_of_placements AS DOUBLE) AS numerator, -- placements of the kind
    CAST(denominator AS DOUBLE) AS denominator, -- all placements of the area
    COALESCE(number_of_placements_reason, denominator_reason) AS reason, -- why there is no value
    CAST(perc_placements AS DOUBLE) AS published, -- percentage printed in the file
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_alternative_provision_funded_placements
-- Rows of other kinds of place, or without a place that can be told, are in the mart alone.
WHERE (geographic_level = 'National' AND country_code IS NOT NULL)
    OR (geographic_level = 'Regional' AND length(region_code) = 9)
    OR (geographic_level = 'Local authority' AND length(old_la_code) = 3)

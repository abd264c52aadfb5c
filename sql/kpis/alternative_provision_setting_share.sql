/*
title = "Placements in alternative provision that the authority funds, by setting and reason"
basis = "published"
area = "ASW2"
unit = "percent"
polarity = "none"
grain = "one kind of setting and one reason in one authority, region or nation in one year"
place = "printed"
period_rule = "academic year: the January census within it"
rounding = "significant(10)"
source = "DfE, Schools, pupils and their characteristics 2024/25 (EES), local authority funded placements"
suppression = "as published: z (not applicable), x (not available), c (suppressed), low and u have no value and a reason, never zero"
caveats = [
  "Names of settings change between years.",
]
differences = [
  { layouts = ["funded_placements"], within = 1e-9, what = "Shares below 1 are printed cut, and not rounded, to eleven characters: 2 of 732 is 0.2732240437 and is printed 0.273224043." },
]
reads = ["published_alternative_provision_funded_placements"]
*/
SELECT
    period, -- academic year
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
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

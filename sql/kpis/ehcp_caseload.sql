/*
title = "Education, health and care plans maintained"
basis = "published"
area = "context"
unit = "count"
polarity = "none"
grain = "one authority, region or nation in one academic year by breakdown"
place = "printed"
breakdown = "printed"
period_rule = "academic year: the January census within it (2024/25 is January 2025)"
rounding = "none(0)"
source = "DfE, Education, health and care plans, 2025 and 2026 (EES), caseload.csv"
suppression = "as published: DfE does not suppress these files; x (not available) and z (not applicable) have no value and a reason, never zero"
caveats = [
  "Denominators of the placement percentages of 2023/24 leave out Hackney and Peterborough (DfE footnote).",
  "Before 2023 the SEN2 return was collected as totals, since then person by person: a break in the series.",
]
not_comparable = "a count that the file prints as it stands: there is nothing to compute"
reads = ["published_ehcp_caseload"]
*/
SELECT
    period, -- academic year of the January census
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
    breakdown_topic, breakdown, -- as printed: total, or characteristic and group
    CAST(ehcplans AS DOUBLE) AS numerator, -- plans maintained on the January census day
    CAST(NULL AS DOUBLE) AS denominator, -- none: a count
    ehcplans_reason AS reason, -- why there is no value
    CAST(ehcplans AS DOUBLE) AS published, -- the same count
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_ehcp_caseload

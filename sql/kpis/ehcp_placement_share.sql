/*
title = "Education, health and care plans by placement"
basis = "published"
area = "context"
unit = "percent"
polarity = "none"
grain = "one authority, region or nation in one academic year by placement and breakdown"
place = "printed"
breakdown = "printed"
period_rule = "academic year: the January census within it (2024/25 is January 2025)"
rounding = "f64_floor_half(1)"
source = "DfE, Education, health and care plans, 2025 and 2026 (EES), caseload.csv"
suppression = "as published: DfE does not suppress these files; x (not available) and z (not applicable) have no value and a reason, never zero"
caveats = [
  "Mainstream has schools of all kinds with their SEN units and resourced provision; special has independent and non-maintained schools too; elsewhere has elective home education, other arrangements and those in no education.",
  "Plans before 2023 that await provision, or of pupils who were permanently excluded, are in none of these.",
]
differences = [
  { layouts = ["caseload"], places = ["E92000001", "E12000006", "E12000007"], periods = ["2023/24"], what = "For January 2024 the plans of England, the East of England and London are more than those of all placements together (576,474 and 572,829 in England): the percentages that are printed are of the placements, not of the plans." },
  { layouts = ["caseload"], places = ["851"], periods = ["2023/24"], what = "309 of 2,000 plans of Portsmouth are 15.45 per cent, which is printed as 15.4: the one tie of the release that is rounded down." },
]
reads = ["published_ehcp_caseload"]
*/
WITH placed AS (
    SELECT 'mainstream' AS placement, mainstream_total AS plans, mainstream_total_reason AS plans_reason, mainstream_total_pc AS pc, printed.*
    FROM mart.published_ehcp_caseload AS printed
    UNION ALL
    SELECT 'special' AS placement, special_total AS plans, special_total_reason AS plans_reason, special_total_pc AS pc, printed.*
    FROM mart.published_ehcp_caseload AS printed
    UNION ALL
    SELECT 'alternative_provision' AS placement, ap_pru_total AS plans, ap_pru_total_reason AS plans_reason, ap_pru_total_pc AS pc, printed.*
    FROM mart.published_ehcp_caseload AS printed
    UNION ALL
    SELECT 'further_education' AS placement, fe_total AS plans, fe_total_reason AS plans_reason, fe_total_pc AS pc, printed.*
    FROM mart.published_ehcp_caseload AS printed
    UNION ALL
    SELECT 'elsewhere' AS placement, ed_elsewhere AS plans, ed_elsewhere_reason AS plans_reason, ed_elsewhere_pc AS pc, printed.*
    FROM mart.published_ehcp_caseload AS printed
    UNION ALL
    SELECT 'early_years' AS placement, nm_early_years AS plans, nm_early_years_reason AS plans_reason, nm_early_years_pc AS pc, printed.*
    FROM mart.published_ehcp_caseload AS printed
    UNION ALL
    SELECT 'unknown' AS placement, placement_unknown AS plans, placement_unknown_reason AS plans_reason, placement_unknown_pc AS pc, printed.*
    FROM mart.published_ehcp_caseload AS printed
)

SELECT
    period, -- academic year of the January census
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
    'placement=' || placement AS part, -- placement
    breakdown_topic, breakdown, -- as printed: all, or characteristic and group
    CAST(plans AS DOUBLE) AS numerator, -- plans of the placement
    CAST(ehcplans AS DOUBLE) AS denominator, -- plans maintained
    COALESCE(plans_reason, ehcplans_reason) AS reason, -- why there is no value
    CAST(pc AS DOUBLE) AS published, -- percentage printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM placed

/*
title = "Education, health and care plans by placement"
basis = "published"
area = "context"
unit = "percent"
polarity = "none"
grain = "one authority, region or nation in one academic year by placement and breakdown"
place = "printed"
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
SELECT
    plan.period, -- academic year of the January census
    plan.geographic_level, plan.country_code, plan.country_name, plan.region_code, plan.region_name, plan.old_la_code, plan.la_name, -- as printed in that release
    'placement=' || placed.placement
    || CASE
        WHEN plan.breakdown = plan.breakdown_topic THEN ''
        WHEN plan.breakdown_topic = 'Child or young persons age' THEN ', age=' || plan.breakdown
        ELSE ', ' || lower(replace(plan.breakdown_topic, ' ', '_')) || '=' || plan.breakdown
    END AS breakdown, -- placement, and group of a characteristic
    CASE placed.placement
        WHEN 'mainstream' THEN CAST(plan.mainstream_total AS DOUBLE)
        WHEN 'special' THEN CAST(plan.special_total AS DOUBLE)
        WHEN 'alternative_provision' THEN CAST(plan.ap_pru_total AS DOUBLE)
        WHEN 'further_education' THEN CAST(plan.fe_total AS DOUBLE)
        WHEN 'elsewhere' THEN CAST(plan.ed_elsewhere AS DOUBLE)
        WHEN 'early_years' THEN CAST(plan.nm_early_years AS DOUBLE)
        WHEN 'unknown' THEN CAST(plan.placement_unknown AS DOUBLE)
    END AS numerator, -- plans of the placement
    CAST(plan.ehcplans AS DOUBLE) AS denominator, -- plans maintained
    COALESCE(
        CASE placed.placement
            WHEN 'mainstream' THEN plan.mainstream_total_reason
            WHEN 'special' THEN plan.special_total_reason
            WHEN 'alternative_provision' THEN plan.ap_pru_total_reason
            WHEN 'further_education' THEN plan.fe_total_reason
            WHEN 'elsewhere' THEN plan.ed_elsewhere_reason
            WHEN 'early_years' THEN plan.nm_early_years_reason
            WHEN 'unknown' THEN plan.placement_unknown_reason
        END,
        plan.ehcplans_reason
    ) AS reason, -- why there is no value
    CASE placed.placement
        WHEN 'mainstream' THEN CAST(plan.mainstream_total_pc AS DOUBLE)
        WHEN 'special' THEN CAST(plan.special_total_pc AS DOUBLE)
        WHEN 'alternative_provision' THEN CAST(plan.ap_pru_total_pc AS DOUBLE)
        WHEN 'further_education' THEN CAST(plan.fe_total_pc AS DOUBLE)
        WHEN 'elsewhere' THEN CAST(plan.ed_elsewhere_pc AS DOUBLE)
        WHEN 'early_years' THEN CAST(plan.nm_early_years_pc AS DOUBLE)
        WHEN 'unknown' THEN CAST(plan.placement_unknown_pc AS DOUBLE)
    END AS published, -- percentage printed in the file, one decimal
    plan._delivery,
    plan._sheet,
    plan._row,
    plan._superseded
FROM mart.published_ehcp_caseload AS plan
CROSS JOIN (
    VALUES ('mainstream'), ('special'), ('alternative_provision'), ('further_education'), ('elsewhere'), ('early_years'), ('unknown')
) AS placed (placement)

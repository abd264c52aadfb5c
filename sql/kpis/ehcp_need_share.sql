/*
title = "Education, health and care plans by primary need"
basis = "published"
area = "context"
unit = "percent"
polarity = "none"
grain = "one authority, region or nation in one academic year by primary need and breakdown"
place = "printed"
breakdown = "printed"
period_rule = "academic year: the January census within it (2024/25 is January 2025)"
rounding = "f64_floor_half(1)"
source = "DfE, Education, health and care plans, 2025 and 2026 (EES), sen_needs_all_plans.csv"
suppression = "as published: DfE does not suppress these files; x (not available) and z (not applicable) have no value and a reason, never zero"
caveats = [
  "DS (Down syndrome) is a need of its own since the release of 2026, which has no figure of it before January 2026.",
  "Shares of one group add up to 100 only up to rounding.",
]
differences = [
  { layouts = ["needs"], places = ["936"], within = 4.2, what = "In the release of June 2025, Surrey (936) prints 595 and 665 plans for SLD and SPLD beside percentages of other counts (7.8 and 0.1); the January 2026 release corrects the counts." },
]
reads = ["published_ehcp_needs"]
*/
WITH plan_need AS (
    SELECT 'ASD' AS need, number_asd AS plans, number_asd_reason AS plans_reason, asd_pc AS pc, printed.*
    FROM mart.published_ehcp_needs AS printed
    UNION ALL
    SELECT 'DS' AS need, number_ds AS plans, number_ds_reason AS plans_reason, ds_pc AS pc, printed.*
    FROM mart.published_ehcp_needs AS printed
    UNION ALL
    SELECT 'HI' AS need, number_hi AS plans, number_hi_reason AS plans_reason, hi_pc AS pc, printed.*
    FROM mart.published_ehcp_needs AS printed
    UNION ALL
    SELECT 'MLD' AS need, number_mld AS plans, number_mld_reason AS plans_reason, mld_pc AS pc, printed.*
    FROM mart.published_ehcp_needs AS printed
    UNION ALL
    SELECT 'MSI' AS need, number_msi AS plans, number_msi_reason AS plans_reason, msi_pc AS pc, printed.*
    FROM mart.published_ehcp_needs AS printed
    UNION ALL
    SELECT 'OTH' AS need, number_oth AS plans, number_oth_reason AS plans_reason, oth_pc AS pc, printed.*
    FROM mart.published_ehcp_needs AS printed
    UNION ALL
    SELECT 'PD' AS need, number_pd AS plans, number_pd_reason AS plans_reason, pd_pc AS pc, printed.*
    FROM mart.published_ehcp_needs AS printed
    UNION ALL
    SELECT 'PMLD' AS need, number_pmld AS plans, number_pmld_reason AS plans_reason, pmld_pc AS pc, printed.*
    FROM mart.published_ehcp_needs AS printed
    UNION ALL
    SELECT 'SEMH' AS need, number_semh AS plans, number_semh_reason AS plans_reason, semh_pc AS pc, printed.*
    FROM mart.published_ehcp_needs AS printed
    UNION ALL
    SELECT 'SLCN' AS need, number_slcn AS plans, number_slcn_reason AS plans_reason, slcn_pc AS pc, printed.*
    FROM mart.published_ehcp_needs AS printed
    UNION ALL
    SELECT 'SLD' AS need, number_sld AS plans, number_sld_reason AS plans_reason, sld_pc AS pc, printed.*
    FROM mart.published_ehcp_needs AS printed
    UNION ALL
    SELECT 'SPLD' AS need, number_spld AS plans, number_spld_reason AS plans_reason, spld_pc AS pc, printed.*
    FROM mart.published_ehcp_needs AS printed
    UNION ALL
    SELECT 'VI' AS need, number_vi AS plans, number_vi_reason AS plans_reason, vi_pc AS pc, printed.*
    FROM mart.published_ehcp_needs AS printed
    UNION ALL
    SELECT 'UNKNOWN' AS need, number_need_unknown AS plans, number_need_unknown_reason AS plans_reason, unknown_pc AS pc, printed.*
    FROM mart.published_ehcp_needs AS printed
)

SELECT
    period, -- academic year of the January census
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
    'need=' || need AS part, -- primary need
    breakdown_topic, breakdown, -- as printed: all, or characteristic and group
    CAST(plans AS DOUBLE) AS numerator, -- plans with that primary need
    CAST(ehc_plans AS DOUBLE) AS denominator, -- plans
    COALESCE(plans_reason, ehc_plans_reason) AS reason, -- why there is no value
    CAST(pc AS DOUBLE) AS published, -- percentage printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM plan_need

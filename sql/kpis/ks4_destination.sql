/*
title = "Destinations of pupils after key stage 4"
basis = "published"
area = "context"
unit = "percent"
polarity = "none"
grain = "one destination of one group of pupils in one authority, region or nation in one year"
period_rule = "academic year in which the pupils finished key stage 4"
rounding = "decimal_half_up(1)"
source = "DfE, Key stage 4 destination measures 2023/24 (EES)"
suppression = "as published: z (not applicable), x (not available), c (suppressed), low and u have no value and a reason, never zero"
caveats = [
  "Constituencies and districts are in the mart alone.",
  "Provisional figures stand beside revised ones as `version=Provisional`.",
]
reads = ["published_destinations_leavers"]
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
    'group=' || destination_group || ', destination=' || destination_description || ', schools=' || establishment_type_group
        || CASE WHEN establishment_type = 'Total' THEN '' ELSE ', type=' || establishment_type END
        || CASE WHEN sex = 'Total' THEN '' ELSE ', sex=' || sex END
        || CASE WHEN ethnicity_major = 'Total' THEN '' ELSE ', ethnicity_major=' || ethnicity_major END
        || CASE WHEN ethnicity_minor = 'Total' THEN '' ELSE ', ethnicity_minor=' || ethnicity_minor END
        || CASE WHEN disadvantage_status = 'Total' THEN '' ELSE ', disadvantage=' || disadvantage_status END
        || CASE WHEN breakdown_topic = 'Total' THEN '' ELSE ', ' || lower(replace(breakdown_topic, ' ', '_')) || '=' || breakdown END
        || CASE WHEN COALESCE(local_authority_selection_status, 'Total') IN ('Total', '', 'z') THEN '' ELSE ', selection=' || local_authority_selection_status END
        || CASE WHEN COALESCE(admission_policy, 'Total') IN ('Total', '', 'z') THEN '' ELSE ', admission=' || admission_policy END
        || CASE WHEN COALESCE(entry_gender, 'Total') IN ('Total', '', 'z') THEN '' ELSE ', entry=' || entry_gender END
        || CASE WHEN COALESCE(version, 'Revised') = 'Revised' THEN '' ELSE ', version=' || version END AS breakdown, -- destination, schools, and group of pupils
    CAST(pupil_count AS DOUBLE) AS numerator, -- pupils with the destination
    CAST(cohort_count AS DOUBLE) AS denominator, -- pupils who finished key stage 4
    COALESCE(pupil_count_reason, cohort_count_reason) AS reason, -- why there is no value
    CAST(pupil_percent AS DOUBLE) AS published, -- percentage printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_destinations_leavers
-- Rows of other kinds of place, or without a place that can be told, are in the mart alone.
WHERE (geographic_level = 'National' AND country_code IS NOT NULL)
    OR (geographic_level = 'Regional' AND length(region_code) = 9)
    OR (geographic_level = 'Local authority' AND length(old_la_code) = 3)

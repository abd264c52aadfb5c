/*
title = "Destinations of pupils after key stage 4"
basis = "published"
area = "context"
unit = "percent"
polarity = "none"
grain = "one destination of one group of pupils in one authority, region or nation in one year"
place = "printed"
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
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
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

/*
title = "Reasons of suspensions"
basis = "published"
area = "ASW2"
unit = "percent"
polarity = "none"
grain = "one reason in one authority, region or nation in one academic year or term by phase"
period_rule = "academic year, 1 September to 31 August, and the terms of it that are published (2024/25 autumn, 2024/25 autumn and spring)"
rounding = "none(5)"
source = "DfE, Suspensions and permanent exclusions in England: by reason, from 2019/20"
suppression = "as published: none"
reads = ["published_exclusions_by_reason"]
caveats = [
  "Since 2020/21 one may have up to three reasons: the shares add up to more than 100. Before, each had one, and OT was one of them.",
  "Releases to 2016/17 print no total beside the reasons: they are not here.",
]
*/
WITH reason AS (
    SELECT 'PP' AS code, fixed_physical_pupils AS told, fixed_physical_pupils_reason AS told_reason, fixed_physical_pupils_perc AS printed,
        period, time_identifier, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, fixed_all, fixed_all_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_exclusions_by_reason
    WHERE fixed_all IS NOT NULL OR fixed_all_reason <> 'unavailable'
    UNION ALL
    SELECT 'PA' AS code, fixed_physical_adult AS told, fixed_physical_adult_reason AS told_reason, fixed_physical_adult_perc AS printed,
        period, time_identifier, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, fixed_all, fixed_all_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_exclusions_by_reason
    WHERE fixed_all IS NOT NULL OR fixed_all_reason <> 'unavailable'
    UNION ALL
    SELECT 'VP' AS code, fixed_verbal_pupil AS told, fixed_verbal_pupil_reason AS told_reason, fixed_verbal_pupil_perc AS printed,
        period, time_identifier, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, fixed_all, fixed_all_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_exclusions_by_reason
    WHERE fixed_all IS NOT NULL OR fixed_all_reason <> 'unavailable'
    UNION ALL
    SELECT 'VA' AS code, fixed_verbal_adult AS told, fixed_verbal_adult_reason AS told_reason, fixed_verbal_adult_perc AS printed,
        period, time_identifier, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, fixed_all, fixed_all_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_exclusions_by_reason
    WHERE fixed_all IS NOT NULL OR fixed_all_reason <> 'unavailable'
    UNION ALL
    SELECT 'BU' AS code, fixed_bullying AS told, fixed_bullying_reason AS told_reason, fixed_bullying_perc AS printed,
        period, time_identifier, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, fixed_all, fixed_all_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_exclusions_by_reason
    WHERE fixed_all IS NOT NULL OR fixed_all_reason <> 'unavailable'
    UNION ALL
    SELECT 'RA' AS code, fixed_racist_abuse AS told, fixed_racist_abuse_reason AS told_reason, fixed_racist_abuse_perc AS printed,
        period, time_identifier, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, fixed_all, fixed_all_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_exclusions_by_reason
    WHERE fixed_all IS NOT NULL OR fixed_all_reason <> 'unavailable'
    UNION ALL
    SELECT 'SM' AS code, fixed_sexual_misconduct AS told, fixed_sexual_misconduct_reason AS told_reason, fixed_sexual_misconduct_perc AS printed,
        period, time_identifier, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, fixed_all, fixed_all_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_exclusions_by_reason
    WHERE fixed_all IS NOT NULL OR fixed_all_reason <> 'unavailable'
    UNION ALL
    SELECT 'DA' AS code, fixed_drug_alcohol AS told, fixed_drug_alcohol_reason AS told_reason, fixed_drug_alcohol_perc AS printed,
        period, time_identifier, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, fixed_all, fixed_all_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_exclusions_by_reason
    WHERE fixed_all IS NOT NULL OR fixed_all_reason <> 'unavailable'
    UNION ALL
    SELECT 'DM' AS code, fixed_damage AS told, fixed_damage_reason AS told_reason, fixed_damage_perc AS printed,
        period, time_identifier, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, fixed_all, fixed_all_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_exclusions_by_reason
    WHERE fixed_all IS NOT NULL OR fixed_all_reason <> 'unavailable'
    UNION ALL
    SELECT 'TH' AS code, fixed_theft AS told, fixed_theft_reason AS told_reason, fixed_theft_perc AS printed,
        period, time_identifier, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, fixed_all, fixed_all_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_exclusions_by_reason
    WHERE fixed_all IS NOT NULL OR fixed_all_reason <> 'unavailable'
    UNION ALL
    SELECT 'DB' AS code, fixed_persistent_disruptive AS told, fixed_persistent_disruptive_reason AS told_reason, fixed_persistent_disruptive_perc AS printed,
        period, time_identifier, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, fixed_all, fixed_all_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_exclusions_by_reason
    WHERE fixed_all IS NOT NULL OR fixed_all_reason <> 'unavailable'
    UNION ALL
    SELECT 'OT' AS code, fixed_other AS told, fixed_other_reason AS told_reason, fixed_other_perc AS printed,
        period, time_identifier, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, fixed_all, fixed_all_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_exclusions_by_reason
    WHERE fixed_all IS NOT NULL OR fixed_all_reason <> 'unavailable'
    UNION ALL
    SELECT 'DS' AS code, fixed_abuse_disability AS told, fixed_abuse_disability_reason AS told_reason, fixed_abuse_disability_perc AS printed,
        period, time_identifier, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, fixed_all, fixed_all_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_exclusions_by_reason
    WHERE fixed_all IS NOT NULL OR fixed_all_reason <> 'unavailable'
    UNION ALL
    SELECT 'LG' AS code, fixed_abuse_sex_gender AS told, fixed_abuse_sex_gender_reason AS told_reason, fixed_abuse_sex_gender_perc AS printed,
        period, time_identifier, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, fixed_all, fixed_all_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_exclusions_by_reason
    WHERE fixed_all IS NOT NULL OR fixed_all_reason <> 'unavailable'
    UNION ALL
    SELECT 'MT' AS code, fixed_media_technology AS told, fixed_media_technology_reason AS told_reason, fixed_media_technology_perc AS printed,
        period, time_identifier, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, fixed_all, fixed_all_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_exclusions_by_reason
    WHERE fixed_all IS NOT NULL OR fixed_all_reason <> 'unavailable'
    UNION ALL
    SELECT 'OW' AS code, fixed_offensive_weapon AS told, fixed_offensive_weapon_reason AS told_reason, fixed_offensive_weapon_perc AS printed,
        period, time_identifier, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, fixed_all, fixed_all_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_exclusions_by_reason
    WHERE fixed_all IS NOT NULL OR fixed_all_reason <> 'unavailable'
    UNION ALL
    SELECT 'PH' AS code, fixed_public_health AS told, fixed_public_health_reason AS told_reason, fixed_public_health_perc AS printed,
        period, time_identifier, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, fixed_all, fixed_all_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_exclusions_by_reason
    WHERE fixed_all IS NOT NULL OR fixed_all_reason <> 'unavailable'
),

place AS (
    SELECT
        told.*,
        CASE told.geographic_level
            WHEN 'National' THEN 'nation'
            WHEN 'Regional' THEN 'region'
            WHEN 'Local authority' THEN 'authority'
            WHEN 'School' THEN 'school'
        END AS geography_level,
        CASE told.geographic_level
            WHEN 'National' THEN told.country_code
            WHEN 'Regional' THEN told.region_code
            WHEN 'Local authority' THEN told.old_la_code
        END AS geography_code,
        CASE told.geographic_level
            WHEN 'National' THEN told.country_name
            WHEN 'Regional' THEN told.region_name
            WHEN 'Local authority' THEN told.la_name
        END AS geography_name,
        time_breakdown(told.time_identifier) AS of_time,
        CASE
            WHEN lower(told.education_phase) = 'total' THEN ''
            WHEN lower(told.education_phase) LIKE '%primary' THEN ', phase=primary'
            WHEN lower(told.education_phase) LIKE '%secondary' THEN ', phase=secondary'
            WHEN lower(told.education_phase) LIKE '%special' THEN ', phase=special'
            WHEN lower(told.education_phase) LIKE '%alternative provision' THEN ', phase=alternative provision'
            ELSE ', phase=' || lower(told.education_phase)
        END AS of_phase
    FROM reason AS told
)

SELECT
    period_of(period, time_identifier) AS period, -- academic year or term
    geography_level, -- nation, region, authority or school
    geography_code, -- GSS code, three-digit authority code, LAESTAB
    geography_name, -- as printed
    'reason=' || code || of_time || of_phase AS breakdown, -- reason as the school census codes it, term, phase
    CAST(told AS DOUBLE) AS numerator, -- those with the reason
    CAST(fixed_all AS DOUBLE) AS denominator, -- all of them
    COALESCE(told_reason, fixed_all_reason) AS reason, -- why there is no value
    CAST(printed AS DOUBLE) AS published, -- percentage printed in the file
    _delivery,
    _sheet,
    _row,
    _superseded
FROM place
WHERE geography_code IS NOT NULL
    AND geography_level IS NOT NULL

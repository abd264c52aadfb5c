/*
title = "Sessions by reason of absence"
basis = "published"
area = "ASW2"
unit = "percent"
polarity = "none"
grain = "one reason in one authority, region or nation in one academic year or part of it by phase"
period_rule = "academic year, 1 September to 31 August, and the terms of it that are published (2024/25 autumn, 2024/25 autumn and spring)"
rounding = "none(5)"
source = "DfE, Pupil absence in schools in England: by geographic level"
suppression = "as published: none; x is not available, z not applicable"
reads = ["published_absence_by_geography"]
caveats = [
  "Of schools and characteristics the sessions stand in their tables, and are no KPI: they would be five million rows.",
  "A code of 2024/25 (interviews, performances, timetables, arrangements of the authority) has no figure before.",
]
*/
WITH reason AS (
    SELECT 'auth_illness' AS code, sess_auth_illness AS told, sess_auth_illness_reason AS told_reason, sess_auth_illness_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_auth_illness_rate IS NOT NULL
    UNION ALL
    SELECT 'auth_appointments' AS code, sess_auth_appointments AS told, sess_auth_appointments_reason AS told_reason, sess_auth_appointments_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_auth_appointments_rate IS NOT NULL
    UNION ALL
    SELECT 'auth_religious' AS code, sess_auth_religious AS told, sess_auth_religious_reason AS told_reason, sess_auth_religious_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_auth_religious_rate IS NOT NULL
    UNION ALL
    SELECT 'auth_study' AS code, sess_auth_study AS told, sess_auth_study_reason AS told_reason, sess_auth_study_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_auth_study_rate IS NOT NULL
    UNION ALL
    SELECT 'auth_traveller' AS code, sess_auth_traveller AS told, sess_auth_traveller_reason AS told_reason, sess_auth_traveller_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_auth_traveller_rate IS NOT NULL
    UNION ALL
    SELECT 'auth_holiday' AS code, sess_auth_holiday AS told, sess_auth_holiday_reason AS told_reason, sess_auth_holiday_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_auth_holiday_rate IS NOT NULL
    UNION ALL
    SELECT 'auth_ext_holiday' AS code, sess_auth_ext_holiday AS told, sess_auth_ext_holiday_reason AS told_reason, sess_auth_ext_holiday_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_auth_ext_holiday_rate IS NOT NULL
    UNION ALL
    SELECT 'auth_excluded' AS code, sess_auth_excluded AS told, sess_auth_excluded_reason AS told_reason, sess_auth_excluded_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_auth_excluded_rate IS NOT NULL
    UNION ALL
    SELECT 'auth_interview' AS code, sess_auth_interview AS told, sess_auth_interview_reason AS told_reason, sess_auth_interview_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_auth_interview_rate IS NOT NULL
    UNION ALL
    SELECT 'auth_reg_performance' AS code, sess_auth_reg_performance AS told, sess_auth_reg_performance_reason AS told_reason, sess_auth_reg_performance_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_auth_reg_performance_rate IS NOT NULL
    UNION ALL
    SELECT 'auth_temp_reduced_timetable' AS code, sess_auth_temp_reduced_timetable AS told, sess_auth_temp_reduced_timetable_reason AS told_reason, sess_auth_temp_reduced_timetable_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_auth_temp_reduced_timetable_rate IS NOT NULL
    UNION ALL
    SELECT 'auth_other' AS code, sess_auth_other AS told, sess_auth_other_reason AS told_reason, sess_auth_other_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_auth_other_rate IS NOT NULL
    UNION ALL
    SELECT 'auth_totalreasons' AS code, sess_auth_totalreasons AS told, sess_auth_totalreasons_reason AS told_reason, sess_auth_totalreasons_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_auth_totalreasons_rate IS NOT NULL
    UNION ALL
    SELECT 'unauth_holiday' AS code, sess_unauth_holiday AS told, sess_unauth_holiday_reason AS told_reason, sess_unauth_holiday_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_unauth_holiday_rate IS NOT NULL
    UNION ALL
    SELECT 'unauth_late' AS code, sess_unauth_late AS told, sess_unauth_late_reason AS told_reason, sess_unauth_late_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_unauth_late_rate IS NOT NULL
    UNION ALL
    SELECT 'unauth_other' AS code, sess_unauth_other AS told, sess_unauth_other_reason AS told_reason, sess_unauth_other_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_unauth_other_rate IS NOT NULL
    UNION ALL
    SELECT 'unauth_noyet' AS code, sess_unauth_noyet AS told, sess_unauth_noyet_reason AS told_reason, sess_unauth_noyet_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_unauth_noyet_rate IS NOT NULL
    UNION ALL
    SELECT 'unauth_totalreasons' AS code, sess_unauth_totalreasons AS told, sess_unauth_totalreasons_reason AS told_reason, sess_unauth_totalreasons_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_unauth_totalreasons_rate IS NOT NULL
    UNION ALL
    SELECT 'overall_totalreasons' AS code, sess_overall_totalreasons AS told, sess_overall_totalreasons_reason AS told_reason, sess_overall_totalreasons_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_overall_totalreasons_rate IS NOT NULL
    UNION ALL
    SELECT 'x_covid' AS code, sess_x_covid AS told, sess_x_covid_reason AS told_reason, sess_x_covid_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_x_covid_rate IS NOT NULL
    UNION ALL
    SELECT 'y_exceptional' AS code, sess_y_exceptional AS told, sess_y_exceptional_reason AS told_reason, sess_y_exceptional_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_y_exceptional_rate IS NOT NULL
    UNION ALL
    SELECT 'q_la_arrangements' AS code, sess_q_la_arrangements AS told, sess_q_la_arrangements_reason AS told_reason, sess_q_la_arrangements_rate AS printed,
        period, time_identifier, half_terms, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, sess_possible, sess_possible_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_absence_by_geography
    WHERE geographic_level <> 'School' AND sess_q_la_arrangements_rate IS NOT NULL
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
            WHEN lower(told.half_terms) LIKE 'five%' THEN ', half_terms=five'
            ELSE ''
        END AS of_half_terms,
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
    'reason=' || code || of_time || of_half_terms || of_phase AS breakdown, -- reason as the column is named, term, phase
    CAST(told AS DOUBLE) AS numerator, -- sessions with the reason
    CAST(sess_possible AS DOUBLE) AS denominator, -- possible sessions
    COALESCE(told_reason, sess_possible_reason) AS reason, -- why there is no value
    CAST(printed AS DOUBLE) AS published, -- rate printed in the file
    _delivery,
    _sheet,
    _row,
    _superseded
FROM place
WHERE geography_code IS NOT NULL
    AND geography_level IS NOT NULL

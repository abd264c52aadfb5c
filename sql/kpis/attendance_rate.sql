/*
title = "Sessions attended, and missed by reason"
basis = "published"
area = "ASW2"
unit = "percent"
polarity = "none"
grain = "one authority, region or nation in one week, day, term or year to date, by phase, characteristic, and kind of absence"
period_rule = "week, Monday to Sunday (2025 week 37), with its days as a breakdown; term; academic year of the year to date (time=year to date)"
rounding = "significant(15)"
source = "DfE, Pupil attendance in schools: daily, weekly, termly, year to date"
suppression = "as published: c is suppressed, x not available, z not applicable; no value and a reason, never zero"
reads = ["published_attendance_sessions"]
caveats = [
  "Totals are estimates for schools that did not send their attendance.",
  "Persistent absence of the year to date is printed without its counts: it stands in mart.published_attendance_sessions (pa_perc) and is not comparable.",
]
*/
WITH measure AS (
    SELECT '' AS of_what, overall_attendance AS told, overall_attendance_reason AS told_reason, attendance_perc AS printed,
        period, time_identifier, attendance_date, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, characteristic_group, characteristic, possible_sessions, possible_sessions_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_attendance_sessions
    WHERE attendance_perc IS NOT NULL OR attendance_perc_reason <> 'unavailable'
    UNION ALL
    SELECT ', absence=all' AS of_what, overall_absence AS told, overall_absence_reason AS told_reason, overall_absence_perc AS printed,
        period, time_identifier, attendance_date, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, characteristic_group, characteristic, possible_sessions, possible_sessions_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_attendance_sessions
    WHERE overall_absence_perc IS NOT NULL OR overall_absence_perc_reason <> 'unavailable'
    UNION ALL
    SELECT ', absence=authorised' AS of_what, authorised_absence AS told, authorised_absence_reason AS told_reason, authorised_absence_perc AS printed,
        period, time_identifier, attendance_date, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, characteristic_group, characteristic, possible_sessions, possible_sessions_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_attendance_sessions
    WHERE authorised_absence_perc IS NOT NULL OR authorised_absence_perc_reason <> 'unavailable'
    UNION ALL
    SELECT ', absence=unauthorised' AS of_what, unauthorised_absence AS told, unauthorised_absence_reason AS told_reason, unauthorised_absence_perc AS printed,
        period, time_identifier, attendance_date, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, characteristic_group, characteristic, possible_sessions, possible_sessions_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_attendance_sessions
    WHERE unauthorised_absence_perc IS NOT NULL OR unauthorised_absence_perc_reason <> 'unavailable'
    UNION ALL
    SELECT ', reason=I' AS of_what, reason_i_authorised_illness AS told, reason_i_authorised_illness_reason AS told_reason, illness_perc AS printed,
        period, time_identifier, attendance_date, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, characteristic_group, characteristic, possible_sessions, possible_sessions_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_attendance_sessions
    WHERE illness_perc IS NOT NULL OR illness_perc_reason <> 'unavailable'
    UNION ALL
    SELECT ', reason=M' AS of_what, reason_m_authorised_medical_dental AS told, reason_m_authorised_medical_dental_reason AS told_reason, appointments_perc AS printed,
        period, time_identifier, attendance_date, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, characteristic_group, characteristic, possible_sessions, possible_sessions_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_attendance_sessions
    WHERE appointments_perc IS NOT NULL OR appointments_perc_reason <> 'unavailable'
    UNION ALL
    SELECT ', reason=G' AS of_what, reason_g_unauthorised_holiday AS told, reason_g_unauthorised_holiday_reason AS told_reason, unauth_hol_perc AS printed,
        period, time_identifier, attendance_date, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, characteristic_group, characteristic, possible_sessions, possible_sessions_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_attendance_sessions
    WHERE unauth_hol_perc IS NOT NULL OR unauth_hol_perc_reason <> 'unavailable'
    UNION ALL
    SELECT ', reason=O' AS of_what, reason_o_other_unauthorised AS told, reason_o_other_unauthorised_reason AS told_reason, unauth_oth_perc AS printed,
        period, time_identifier, attendance_date, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, characteristic_group, characteristic, possible_sessions, possible_sessions_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_attendance_sessions
    WHERE unauth_oth_perc IS NOT NULL OR unauth_oth_perc_reason <> 'unavailable'
    UNION ALL
    SELECT ', reason=U' AS of_what, reason_u_unauthorised_late_after_registers_closed AS told, reason_u_unauthorised_late_after_registers_closed_reason AS told_reason, unauth_late_registers_closed_perc AS printed,
        period, time_identifier, attendance_date, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, characteristic_group, characteristic, possible_sessions, possible_sessions_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_attendance_sessions
    WHERE unauth_late_registers_closed_perc IS NOT NULL OR unauth_late_registers_closed_perc_reason <> 'unavailable'
    UNION ALL
    SELECT ', reason=N' AS of_what, reason_n_no_reason_yet AS told, reason_n_no_reason_yet_reason AS told_reason, unauth_not_yet_perc AS printed,
        period, time_identifier, attendance_date, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, characteristic_group, characteristic, possible_sessions, possible_sessions_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_attendance_sessions
    WHERE unauth_not_yet_perc IS NOT NULL OR unauth_not_yet_perc_reason <> 'unavailable'
    UNION ALL
    SELECT ', reason=R' AS of_what, reason_r_authorised_religious_observance AS told, reason_r_authorised_religious_observance_reason AS told_reason, auth_religious_perc AS printed,
        period, time_identifier, attendance_date, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, characteristic_group, characteristic, possible_sessions, possible_sessions_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_attendance_sessions
    WHERE auth_religious_perc IS NOT NULL OR auth_religious_perc_reason <> 'unavailable'
    UNION ALL
    SELECT ', reason=S' AS of_what, reason_s_authorised_study_leave AS told, reason_s_authorised_study_leave_reason AS told_reason, auth_study_perc AS printed,
        period, time_identifier, attendance_date, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, characteristic_group, characteristic, possible_sessions, possible_sessions_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_attendance_sessions
    WHERE auth_study_perc IS NOT NULL OR auth_study_perc_reason <> 'unavailable'
    UNION ALL
    SELECT ', reason=T' AS of_what, reason_t_authorised_mobile_child AS told, reason_t_authorised_mobile_child_reason AS told_reason, auth_mob_perc AS printed,
        period, time_identifier, attendance_date, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, characteristic_group, characteristic, possible_sessions, possible_sessions_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_attendance_sessions
    WHERE auth_mob_perc IS NOT NULL OR auth_mob_perc_reason <> 'unavailable'
    UNION ALL
    SELECT ', reason=H' AS of_what, reason_h_authorised_holiday AS told, reason_h_authorised_holiday_reason AS told_reason, auth_holiday_perc AS printed,
        period, time_identifier, attendance_date, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, characteristic_group, characteristic, possible_sessions, possible_sessions_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_attendance_sessions
    WHERE auth_holiday_perc IS NOT NULL OR auth_holiday_perc_reason <> 'unavailable'
    UNION ALL
    SELECT ', reason=E' AS of_what, reason_e_authorised_excluded AS told, reason_e_authorised_excluded_reason AS told_reason, auth_excluded_perc AS printed,
        period, time_identifier, attendance_date, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, characteristic_group, characteristic, possible_sessions, possible_sessions_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_attendance_sessions
    WHERE auth_excluded_perc IS NOT NULL OR auth_excluded_perc_reason <> 'unavailable'
    UNION ALL
    SELECT ', reason=C1' AS of_what, reason_c1_authorised_regulated_performance AS told, reason_c1_authorised_regulated_performance_reason AS told_reason, auth_performance_perc AS printed,
        period, time_identifier, attendance_date, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, characteristic_group, characteristic, possible_sessions, possible_sessions_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_attendance_sessions
    WHERE auth_performance_perc IS NOT NULL OR auth_performance_perc_reason <> 'unavailable'
    UNION ALL
    SELECT ', reason=J1' AS of_what, reason_j1_authorised_interview AS told, reason_j1_authorised_interview_reason AS told_reason, auth_interview_perc AS printed,
        period, time_identifier, attendance_date, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, characteristic_group, characteristic, possible_sessions, possible_sessions_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_attendance_sessions
    WHERE auth_interview_perc IS NOT NULL OR auth_interview_perc_reason <> 'unavailable'
    UNION ALL
    SELECT ', reason=C2' AS of_what, reason_c2_authorised_temp_reduced_timetable AS told, reason_c2_authorised_temp_reduced_timetable_reason AS told_reason, auth_part_time_perc AS printed,
        period, time_identifier, attendance_date, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, characteristic_group, characteristic, possible_sessions, possible_sessions_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_attendance_sessions
    WHERE auth_part_time_perc IS NOT NULL OR auth_part_time_perc_reason <> 'unavailable'
    UNION ALL
    SELECT ', reason=C' AS of_what, reason_c_authorised_other AS told, reason_c_authorised_other_reason AS told_reason, auth_other_perc AS printed,
        period, time_identifier, attendance_date, geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name,
        education_phase, characteristic_group, characteristic, possible_sessions, possible_sessions_reason, _delivery, _sheet, _row, _superseded
    FROM mart.published_attendance_sessions
    WHERE auth_other_perc IS NOT NULL OR auth_other_perc_reason <> 'unavailable'
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
        CASE WHEN told.time_identifier = 'Academic year' THEN ', time=year to date' ELSE time_breakdown(told.time_identifier) END
            || CASE WHEN told.attendance_date IS NULL THEN '' ELSE ', day=' || CAST(told.attendance_date AS VARCHAR) END AS of_time,
        CASE
            WHEN told.characteristic_group = 'Total' THEN ''
            WHEN told.characteristic_group = 'Sex' THEN ', sex=' || replace(told.characteristic, ',', '')
            ELSE ', ' || lower(replace(told.characteristic_group, ' ', '_')) || '=' || replace(told.characteristic, ',', '')
        END AS of_characteristic,
        CASE
            WHEN lower(told.education_phase) = 'total' THEN ''
            WHEN lower(told.education_phase) LIKE '%primary' THEN ', phase=primary'
            WHEN lower(told.education_phase) LIKE '%secondary' THEN ', phase=secondary'
            WHEN lower(told.education_phase) LIKE '%special' THEN ', phase=special'
            WHEN lower(told.education_phase) LIKE '%alternative provision' THEN ', phase=alternative provision'
            ELSE ', phase=' || lower(told.education_phase)
        END AS of_phase
    FROM measure AS told
)

SELECT
    period_of(period, time_identifier) AS period, -- week, term, academic year
    geography_level, -- nation, region or authority
    geography_code, -- GSS code, three-digit authority code
    geography_name, -- as printed
    substring(of_what || of_characteristic || of_time || of_phase FROM 3) AS breakdown, -- kind of absence, group, time, phase
    CAST(told AS DOUBLE) AS numerator, -- sessions of the kind; without a word of it those attended
    CAST(possible_sessions AS DOUBLE) AS denominator, -- possible sessions
    COALESCE(told_reason, possible_sessions_reason) AS reason, -- why there is no value
    CAST(CAST(printed AS VARCHAR) AS DOUBLE) AS published, -- percentage printed in the file
    _delivery,
    _sheet,
    _row,
    _superseded
FROM place
WHERE geography_code IS NOT NULL
    AND geography_level IS NOT NULL

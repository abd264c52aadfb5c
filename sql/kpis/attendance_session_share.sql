/*
title = "Sessions by reason of attendance and absence, of the file with a row a reason"
basis = "published"
area = "ASW2"
unit = "percent"
polarity = "none"
grain = "one reason in one authority, region or nation in one week or day by phase"
period_rule = "week, Monday to Sunday (2025 week 37); days of it are a breakdown (day=monday)"
rounding = "none(2)"
source = "DfE, Pupil attendance in schools: reasons for absence and attendance"
suppression = "as published: x is not available; no value and a reason, never zero"
reads = ["published_attendance_reasons"]
caveats = [
  "The file prints no possible sessions: they are those attended and those missed together, and rows without a printed percentage are not here.",
]
*/
WITH possible AS (
    SELECT
        told.*,
        sum(CASE WHEN lower(told.reason_printed) IN ('overall attendance', 'overall absence') THEN told.session_count END) OVER (
            PARTITION BY told._delivery, told.period, told.time_identifier, told.time_frame, told.reference_date, told.geographic_level, told.region_code,
                told.old_la_code, told.education_phase
        ) AS possible_count,
        count(CASE WHEN lower(told.reason_printed) IN ('overall attendance', 'overall absence') THEN told.session_count END) OVER (
            PARTITION BY told._delivery, told.period, told.time_identifier, told.time_frame, told.reference_date, told.geographic_level, told.region_code,
                told.old_la_code, told.education_phase
        ) AS possible_parts
    FROM mart.published_attendance_reasons AS told
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
        CASE
            WHEN lower(told.education_phase) = 'total' THEN ''
            WHEN lower(told.education_phase) LIKE '%primary' THEN ', phase=primary'
            WHEN lower(told.education_phase) LIKE '%secondary' THEN ', phase=secondary'
            WHEN lower(told.education_phase) LIKE '%special' THEN ', phase=special'
            WHEN lower(told.education_phase) LIKE '%alternative provision' THEN ', phase=alternative provision'
            ELSE ', phase=' || lower(told.education_phase)
        END AS of_phase
    FROM possible AS told
)

SELECT
    period_of(period, time_identifier) AS period, -- week
    geography_level, -- nation, region or authority
    geography_code, -- GSS code, three-digit authority code
    geography_name, -- as printed
    'status=' || lower(replace(attendance_status, ',', '')) || ', type=' || lower(replace(attendance_type, ',', ''))
        || ', reason=' || lower(replace(reason_printed, ',', ''))
        || time_breakdown(time_identifier) || CASE WHEN lower(time_frame) IN ('week', 'weekly') THEN '' ELSE ', day=' || lower(time_frame) END
        || of_phase AS breakdown, -- as printed
    CAST(session_count AS DOUBLE) AS numerator, -- sessions with the reason
    CAST(CASE WHEN possible_parts = 2 THEN possible_count END AS DOUBLE) AS denominator, -- sessions attended and missed
    COALESCE(session_count_reason, CASE WHEN possible_parts < 2 THEN 'unavailable' END) AS reason, -- why there is no value
    CAST(CAST(session_percent AS VARCHAR) AS DOUBLE) AS published, -- percentage printed in the file
    _delivery,
    _sheet,
    _row,
    _superseded
FROM place
WHERE geography_code IS NOT NULL
    AND geography_level IS NOT NULL
    AND session_percent IS NOT NULL

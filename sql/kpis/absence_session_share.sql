/*
title = "Sessions by reason of absence, of the file with a row a reason"
basis = "published"
area = "ASW2"
unit = "percent"
polarity = "none"
grain = "one reason in one authority, region or nation in one academic year or part of it by phase"
period_rule = "academic year, 1 September to 31 August, and the terms of it that are published (2024/25 autumn, 2024/25 autumn and spring)"
rounding = "figures(10)"
source = "DfE, Pupil absence in schools in England: absence sessions by reason"
suppression = "as published: none; x is not available, z not applicable"
reads = ["published_absence_by_reason"]
caveats = [
  "Reasons are printed to ten figures and the totals of authorised, unauthorised and all absence to five places, in one file.",
]
*/
WITH possible AS (
    SELECT
        told.*,
        max(CASE WHEN lower(told.attendance_status) = 'possible sessions' THEN told.session_count END) OVER (
            PARTITION BY told._delivery, told.period, told.time_identifier, told.geographic_level, told.region_code, told.old_la_code, told.education_phase
        ) AS possible_count
    FROM mart.published_absence_by_reason AS told
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
    FROM possible AS told
)

SELECT
    period_of(period, time_identifier) AS period, -- academic year or term
    geography_level, -- nation, region, authority or school
    geography_code, -- GSS code, three-digit authority code, LAESTAB
    geography_name, -- as printed
    'status=' || lower(replace(attendance_status, ',', '')) || ', type=' || lower(replace(attendance_type, ',', ''))
        || ', reason=' || lower(replace(reason_printed, ',', '')) || of_time || of_phase AS breakdown, -- as printed
    CAST(session_count AS DOUBLE) AS numerator, -- sessions with the reason
    CAST(possible_count AS DOUBLE) AS denominator, -- possible sessions
    COALESCE(session_count_reason, CASE WHEN possible_count IS NULL THEN 'unavailable' END) AS reason, -- why there is no value
    CAST(session_percent AS DOUBLE) AS published, -- rate printed in the file
    _delivery,
    _sheet,
    _row,
    _superseded
FROM place
WHERE geography_code IS NOT NULL
    AND geography_level IS NOT NULL
    AND lower(attendance_status) <> 'possible sessions'

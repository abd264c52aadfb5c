/*
title = "Suspensions for each pupil who had one"
basis = "published"
area = "ASW2"
unit = "ratio"
unit_words = "suspensions for each pupil"
polarity = "low"
grain = "one authority, region or nation in one academic year or term by phase"
period_rule = "academic year, 1 September to 31 August, and the terms of it that are published (2024/25 autumn, 2024/25 autumn and spring)"
rounding = "none(5)"
source = "DfE, Suspensions and permanent exclusions in England: average days missed"
suppression = "as published: none"
reads = ["published_exclusions_average_days"]
caveats = [
  "Enrolments are counted: a pupil suspended in two schools counts twice.",
]
*/
WITH place AS (
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
    FROM mart.published_exclusions_average_days AS told
)

SELECT
    period_of(period, time_identifier) AS period, -- academic year or term
    geography_level, -- nation, region, authority or school
    geography_code, -- GSS code, three-digit authority code, LAESTAB
    geography_name, -- as printed
    CASE WHEN of_time || of_phase = '' THEN 'total' ELSE substring(of_time || of_phase FROM 3) END AS breakdown, -- total, term, phase
    CAST(suspension AS DOUBLE) AS numerator, -- suspensions
    CAST(one_plus_susp AS DOUBLE) AS denominator, -- enrolments with one or more suspensions
    COALESCE(suspension_reason, one_plus_susp_reason) AS reason, -- why there is no value
    CAST(average_number_susp AS DOUBLE) AS published, -- printed beside them
    _delivery,
    _sheet,
    _row,
    _superseded
FROM place
WHERE geography_code IS NOT NULL
    AND geography_level IS NOT NULL

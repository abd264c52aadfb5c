/*
title = "Pupils per teacher"
basis = "published"
area = "workforce"
unit = "ratio"
unit_words = "pupils for each teacher"
polarity = "low"
grain = "one school, or one group of schools of one authority, region or nation, in one academic year"
period_rule = "academic year of the November census; the performance tables print the one before (tables of 2019: November 2018, 2018/19)"
rounding = "decimal_half_up(1)"
source = "DfE, School workforce in England 2025 (EES), pupil to teacher ratios, and the same by school; before them DfE, School and college performance tables, workforce tab (RATPUPTEA, Pupil: Teacher Ratio)"
suppression = "as published: SUPP, NP, NA, NE and DNS have no value and a reason, never zero"
caveats = [
  "Full-time equivalent pupils (part-time counted as half) over full-time equivalent teachers, qualified or not. `per=qualified teacher` is over the qualified alone, `per=adult` over teachers and support staff.",
  "Figures of the school workforce statistics go before those of the performance tables, where both speak of a place and year.",
]
carries = true
not_comparable = "carried as printed from the performance tables, which have no full-time equivalent pupils to divide; those of the school workforce statistics are computed and compared"
differences = [
  { layouts = ["pupil_teacher_ratio", "pupil_teacher_ratio_school"], parts_within = 0.05, what = "DfE divides before it rounds full-time equivalents to a tenth: 229 pupils of 13.3 teachers are printed as 17.3, since the teachers are 13.27 (teacher characteristics of the same release)." },
]
reads = ["dim_school", "published_workforce_performance", "published_workforce_pupil_teacher_ratio", "published_workforce_pupil_teacher_ratio_school"]
*/
WITH printed AS (
    SELECT
        period,
        CASE geographic_level
            WHEN 'National' THEN 'nation'
            WHEN 'Regional' THEN 'region'
            WHEN 'Local authority' THEN 'authority'
        END AS geography_level,
        CASE geographic_level
            WHEN 'National' THEN country_code
            WHEN 'Regional' THEN region_code
            ELSE old_la_code
        END AS geography_code,
        CASE geographic_level
            WHEN 'National' THEN country_name
            WHEN 'Regional' THEN region_name
            ELSE la_name
        END AS geography_name,
        CASE establishment_type_group
            WHEN 'Total state-funded schools' THEN 'total'
            WHEN 'State-funded nursery and primary' THEN 'phase=primary'
            WHEN 'State-funded secondary' THEN 'phase=secondary'
            ELSE 'type=' || establishment_type_group
        END AS breakdown,
        pupils_fte, pupils_fte_reason, teachers_fte, teachers_fte_reason, qualified_teachers_fte, qualified_teachers_fte_reason,
        adults_fte, adults_fte_reason, pupil_to_qual_teacher_ratio, pupil_to_qual_unqual_teacher_ratio, pupil_to_adult_ratio,
        _delivery, _sheet, _row, _superseded
    FROM mart.published_workforce_pupil_teacher_ratio
    -- Rows of other kinds of place, or without a place that can be told, are in the mart alone.
    WHERE (geographic_level = 'National' AND country_code IS NOT NULL)
        OR (geographic_level = 'Regional' AND length(region_code) = 9)
        OR (geographic_level = 'Local authority' AND length(old_la_code) = 3)
    UNION ALL
    SELECT
        period,
        'school' AS geography_level,
        COALESCE(school_urn, school_laestab) AS geography_code,
        school_name AS geography_name,
        'total' AS breakdown,
        pupils_fte, pupils_fte_reason, teachers_fte, teachers_fte_reason, qualified_teachers_fte, qualified_teachers_fte_reason,
        adults_fte, adults_fte_reason, pupil_to_qual_teacher_ratio, pupil_to_qual_unqual_teacher_ratio, pupil_to_adult_ratio,
        _delivery, _sheet, _row, _superseded
    FROM mart.published_workforce_pupil_teacher_ratio_school
    WHERE school_urn IS NOT NULL OR length(school_laestab) = 7
),

per AS (
    SELECT
        period, geography_level, geography_code, geography_name, breakdown,
        pupils_fte, teachers_fte AS staff, COALESCE(pupils_fte_reason, teachers_fte_reason) AS reason,
        pupil_to_qual_unqual_teacher_ratio AS published, _delivery, _sheet, _row, _superseded
    FROM printed
    UNION ALL
    SELECT
        period, geography_level, geography_code, geography_name,
        CASE breakdown WHEN 'total' THEN 'per=qualified teacher' ELSE breakdown || ', per=qualified teacher' END AS breakdown,
        pupils_fte, qualified_teachers_fte AS staff, COALESCE(pupils_fte_reason, qualified_teachers_fte_reason) AS reason,
        pupil_to_qual_teacher_ratio AS published, _delivery, _sheet, _row, _superseded
    FROM printed
    UNION ALL
    SELECT
        period, geography_level, geography_code, geography_name,
        CASE breakdown WHEN 'total' THEN 'per=adult' ELSE breakdown || ', per=adult' END AS breakdown,
        pupils_fte, adults_fte AS staff, COALESCE(pupils_fte_reason, adults_fte_reason) AS reason,
        pupil_to_adult_ratio AS published, _delivery, _sheet, _row, _superseded
    FROM printed
),

performance AS (
    SELECT
        workforce.period,
        CASE WHEN workforce.national_group IS NULL THEN 'school' ELSE 'nation' END AS geography_level,
        CASE
            WHEN workforce.national_group IS NOT NULL THEN 'E92000001'
            ELSE COALESCE(workforce.urn, workforce.la_code || CAST(workforce.estab AS VARCHAR))
        END AS geography_code,
        CASE WHEN workforce.national_group IS NULL THEN school.name ELSE 'England' END AS geography_name,
        CASE workforce.national_group
            WHEN 'PRI' THEN 'phase=primary'
            WHEN 'SEC' THEN 'phase=secondary'
            WHEN 'SPE' THEN 'phase=special'
            ELSE 'total'
        END AS breakdown,
        CAST(NULL AS DOUBLE) AS numerator,
        CAST(workforce.teachers_fte AS DOUBLE) AS denominator,
        workforce.pupil_teacher_ratio_reason AS reason,
        CAST(workforce.pupil_teacher_ratio AS DOUBLE) AS published,
        workforce._delivery,
        workforce._sheet,
        workforce._row,
        workforce._superseded
    FROM mart.published_workforce_performance AS workforce
    LEFT JOIN mart.dim_school AS school
        ON school.urn = workforce.urn
        AND school.is_current
)

SELECT
    period, -- academic year
    geography_level, -- school, authority, region or nation
    geography_code, -- URN, or LAESTAB where there is none; three-digit authority code; GSS code of region and nation
    geography_name, -- as printed in that release
    breakdown, -- total, phase or group of schools; per qualified teacher or adult
    CAST(pupils_fte AS DOUBLE) AS numerator, -- pupils (full-time equivalent)
    CAST(staff AS DOUBLE) AS denominator, -- teachers, qualified teachers or adults (full-time equivalent)
    reason, -- why there is no value
    CAST(published AS DOUBLE) AS published, -- ratio printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM per

UNION ALL

SELECT
    performance.period, -- academic year
    performance.geography_level, -- school or nation
    performance.geography_code, -- URN, or LAESTAB where there is none; GSS code of England
    performance.geography_name, -- current name
    performance.breakdown, -- total or phase
    performance.numerator, -- full-time equivalent pupils: not in the file
    performance.denominator, -- teachers (full-time equivalent)
    performance.reason, -- why there is no value
    performance.published, -- ratio printed in the file, one decimal
    performance._delivery,
    performance._sheet,
    performance._row,
    performance._superseded
FROM performance
LEFT JOIN (
    SELECT DISTINCT period, geography_code
    FROM printed
    WHERE NOT _superseded
) AS newer
    ON newer.period = performance.period
    AND newer.geography_code = performance.geography_code
WHERE newer.period IS NULL
    OR performance._superseded

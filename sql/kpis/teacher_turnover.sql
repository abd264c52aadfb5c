/*
title = "Teachers who left their school within a year"
basis = "published"
area = "workforce"
unit = "percent"
polarity = "low"
opposite = ["move=stayed"]
grain = "one school, one authority or England in one academic year; in all, and by where they went"
period_rule = "academic year of the November census in which they were counted; they are looked for a year later"
rounding = "decimal_half_up(1)"
source = "DfE, School workforce in England 2024 (EES), teacher turnover - school level"
suppression = "as published: z (not applicable), x (not available), c (suppressed), low and u have no value and a reason, never zero"
caveats = [
  "In full-time equivalents, of all teachers, head teachers too. `move=left the state-funded system` and `move=another state-funded school` add up to the total; `move=stayed` is the rest.",
  "Authorities and England are sums over the schools that the file lists, made here: DfE prints none in this file. Whoever moved between two schools of one authority has left both its school and, in these sums, is counted as a mover.",
  "The file names no regions: there is none to compare with.",
  "Schools that closed or became academies under a new number lose all their teachers to another school.",
]
not_comparable = "the file prints full-time equivalents and no rates: there is nothing to compare"
reads = ["dim_authority", "published_workforce_turnover_school"]
*/
WITH move AS (
    SELECT
        *,
        'total' AS breakdown,
        left_the_state_funded_system + left_to_another_state_funded_school AS gone,
        COALESCE(left_the_state_funded_system_reason, left_to_another_state_funded_school_reason) AS gone_reason
    FROM mart.published_workforce_turnover_school
    UNION ALL
    SELECT
        *,
        'move=left the state-funded system' AS breakdown,
        left_the_state_funded_system AS gone,
        left_the_state_funded_system_reason AS gone_reason
    FROM mart.published_workforce_turnover_school
    UNION ALL
    SELECT
        *,
        'move=another state-funded school' AS breakdown,
        left_to_another_state_funded_school AS gone,
        left_to_another_state_funded_school_reason AS gone_reason
    FROM mart.published_workforce_turnover_school
    UNION ALL
    SELECT
        *,
        'move=stayed' AS breakdown,
        remained_in_the_same_school AS gone,
        remained_in_the_same_school_reason AS gone_reason
    FROM mart.published_workforce_turnover_school
),

school AS (
    SELECT
        period,
        COALESCE(school_urn, school_laestab) AS school,
        school_name,
        CASE WHEN length(school_laestab) = 7 THEN left(school_laestab, 3) END AS la_code,
        breakdown,
        gone,
        teacher_fte_in_census_year AS teachers,
        COALESCE(gone_reason, teacher_fte_in_census_year_reason) AS reason,
        _delivery,
        _sheet,
        _row,
        _superseded
    FROM move
    WHERE geographic_level = 'School'
        AND (school_urn IS NOT NULL OR length(school_laestab) = 7)
),

authority_name AS (
    SELECT
        la_code,
        min(name) AS name
    FROM mart.dim_authority
    WHERE is_current
    GROUP BY la_code
),

area AS (
    SELECT
        period,
        'authority' AS geography_level,
        la_code AS geography_code,
        breakdown,
        CAST(sum(gone) AS DOUBLE) AS numerator,
        CAST(sum(teachers) AS DOUBLE) AS denominator,
        CASE WHEN count(reason) > 0 THEN 'at_least' END AS reason,
        _delivery,
        min(_sheet) AS _sheet,
        _superseded
    FROM school
    WHERE la_code IS NOT NULL
    GROUP BY period, la_code, breakdown, _delivery, _superseded
    UNION ALL
    SELECT
        period,
        'nation' AS geography_level,
        'E92000001' AS geography_code,
        breakdown,
        CAST(sum(gone) AS DOUBLE) AS numerator,
        CAST(sum(teachers) AS DOUBLE) AS denominator,
        CASE WHEN count(reason) > 0 THEN 'at_least' END AS reason,
        _delivery,
        min(_sheet) AS _sheet,
        _superseded
    FROM school
    GROUP BY period, breakdown, _delivery, _superseded
)

SELECT
    period, -- academic year
    'school' AS geography_level, -- school
    school AS geography_code, -- URN, or LAESTAB where there is none
    school_name AS geography_name, -- as printed in that release
    breakdown, -- total, or where they went
    CAST(gone AS DOUBLE) AS numerator, -- teachers who left, moved or stayed (full-time equivalent)
    CAST(teachers AS DOUBLE) AS denominator, -- teachers of the census (full-time equivalent)
    reason, -- why there is no value
    CAST(NULL AS DOUBLE) AS published, -- no rate is printed
    _delivery,
    _sheet,
    _row,
    _superseded
FROM school

UNION ALL

SELECT
    area.period, -- academic year
    area.geography_level, -- authority or nation
    area.geography_code, -- three-digit authority code, GSS code of England
    CASE WHEN area.geography_level = 'nation' THEN 'England' ELSE authority_name.name END AS geography_name, -- current name
    area.breakdown, -- total, or where they went
    area.numerator, -- teachers who left, moved or stayed (full-time equivalent)
    area.denominator, -- teachers of the census (full-time equivalent)
    area.reason, -- at_least when a school's figure is missing
    CAST(NULL AS DOUBLE) AS published, -- no rate is printed
    area._delivery,
    area._sheet,
    CAST(NULL AS INTEGER) AS _row, -- many rows
    area._superseded
FROM area
LEFT JOIN authority_name
    ON authority_name.la_code = area.geography_code

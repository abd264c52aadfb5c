/*
title = "Pupils with three or more suspensions, of those with any"
basis = "local"
area = "ASW2"
unit = "percent"
polarity = "low"
grain = "one authority in one academic year"
period_rule = "academic year in which the suspensions began, to date"
period_kind = "academic_year"
needs = ["school_census.pupil_on_roll", "school_census.suspension_on_roll | school_census.suspension_off_roll"]
rounding = "decimal_half_up(1)"
source = "APP letter of 22 January 2024; domain notes 3.2"
suppression = "none in the warehouse: it is restricted; small numbers are suppressed in what leaves the council"
caveats = [
  "Every suspension is reported by two censuses: the latest academic year is provisional until the autumn and spring censuses after it are in.",
  "A pupil is one person under every UPN and at every school of the authority.",
]
reads = ["dim_authority", "fct_roll", "fct_suspension"]
*/
WITH year_known AS (
    SELECT DISTINCT academic_year
    FROM mart.fct_roll
    WHERE term = 'spring'
),

pupil AS (
    SELECT event.academic_year, event.la_code, event.pupil, count(*) AS suspensions
    FROM mart.fct_suspension AS event
    INNER JOIN year_known ON year_known.academic_year = event.academic_year
    WHERE event.category <> 'PERM'
    GROUP BY event.academic_year, event.la_code, event.pupil
)

SELECT
    pupil.academic_year AS period, -- academic year
    'authority' AS geography_level,
    pupil.la_code AS geography_code, -- three-digit authority code
    min(authority.name) AS geography_name,
    'total' AS breakdown,
    CAST(sum(CASE WHEN pupil.suspensions >= 3 THEN 1 ELSE 0 END) AS DOUBLE) AS numerator, -- pupils with three or more
    CAST(count(*) AS DOUBLE) AS denominator, -- pupils with one or more
    CAST(NULL AS VARCHAR) AS reason,
    CAST(NULL AS DOUBLE) AS published,
    CAST(NULL AS VARCHAR) AS _delivery,
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM pupil
LEFT JOIN mart.dim_authority AS authority
    ON authority.la_code = pupil.la_code
    AND authority.is_current
GROUP BY pupil.academic_year, pupil.la_code

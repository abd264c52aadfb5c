/*
title = "Sessions lost to suspension per 100 pupils"
basis = "local"
area = "ASW2"
unit = "per_100"
polarity = "low"
grain = "one school or authority in one academic year, the authority also by phase"
period_rule = "academic year in which the suspension began"
rounding = "decimal_half_up(1)"
source = "School census guide, exclusion sessions; domain notes 1a"
suppression = "none in the warehouse: it is restricted; small numbers are suppressed in what leaves the council"
caveats = [
  "Every suspension is reported by two censuses: the latest academic year is provisional until the autumn and spring censuses after it are in.",
  "A school's figures stand under the URN of the school that it became, through academisation and merger.",
  "A session is half a day that the pupil was due in; as last reported.",
]
reads = ["dim_authority", "dim_school_series", "fct_roll", "fct_suspension"]
*/
WITH headcount AS (
    -- January census, sole and dual main registrations.
    SELECT academic_year, la_code, series_urn, phase, count(*) AS pupils
    FROM mart.fct_roll
    WHERE term = 'spring'
        AND is_headcount
    GROUP BY academic_year, la_code, series_urn, phase
),

year_known AS (
    SELECT DISTINCT academic_year FROM headcount
),

part AS (
    SELECT academic_year, la_code, series_urn, phase, 0 AS numerator, pupils AS denominator
    FROM headcount
    UNION ALL
    SELECT event.academic_year, event.la_code, event.series_urn, event.phase, COALESCE(event.sessions, 0) AS numerator, 0 AS denominator
    FROM mart.fct_suspension AS event
    INNER JOIN year_known ON year_known.academic_year = event.academic_year
    WHERE event.category <> 'PERM'
),

placed AS (
    SELECT academic_year, 'authority' AS geography_level, la_code AS geography_code, 'total' AS breakdown, numerator, denominator FROM part
    UNION ALL
    SELECT academic_year, 'authority' AS geography_level, la_code AS geography_code, 'phase=' || phase AS breakdown, numerator, denominator FROM part
    UNION ALL
    SELECT academic_year, 'school' AS geography_level, series_urn AS geography_code, 'total' AS breakdown, numerator, denominator FROM part
)

SELECT
    placed.academic_year AS period, -- academic year
    placed.geography_level, -- school or authority
    placed.geography_code, -- URN of the school that it is now, three-digit authority code
    min(COALESCE(series.series_name, authority.name)) AS geography_name, -- as GIAS and the published files name it; NULL where they do not
    placed.breakdown, -- total, or phase of the school
    CAST(sum(placed.numerator) AS DOUBLE) AS numerator, -- half days
    CAST(sum(placed.denominator) AS DOUBLE) AS denominator, -- pupils on roll in January, sole and dual main
    CAST(NULL AS VARCHAR) AS reason,
    CAST(NULL AS DOUBLE) AS published,
    CAST(NULL AS VARCHAR) AS _delivery,
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM placed
LEFT JOIN mart.dim_school_series AS series
    ON series.urn = placed.geography_code
    AND placed.geography_level = 'school'
LEFT JOIN mart.dim_authority AS authority
    ON authority.la_code = placed.geography_code
    AND authority.is_current
    AND placed.geography_level = 'authority'
GROUP BY placed.academic_year, placed.geography_level, placed.geography_code, placed.breakdown
HAVING sum(placed.numerator) > 0
    OR sum(placed.denominator) > 0

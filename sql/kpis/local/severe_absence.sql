/*
title = "Enrolments that missed 50 % or more of their own possible sessions"
basis = "local"
area = "ASW2"
unit = "percent"
polarity = "low"
grain = "one school or authority in one academic year, the authority also by phase"
period_rule = "academic year in which the sessions were"
rounding = "decimal_half_up(1)"
source = "DfE, Pupil absence in schools in England: methodology; NCER 360039535511; domain notes 3.2"
suppression = "none in the warehouse: it is restricted; small numbers are suppressed in what leaves the council"
caveats = [
  "A school's figures stand under the URN of the school that it became, through academisation and merger.",
  "The second half of the summer term is reported by the autumn census: the latest academic year lacks it until then.",
  "Small numbers at one school say little.",
]
reads = ["dim_authority", "dim_school_series", "fct_absence", "fct_roll"]
*/
WITH year_known AS (
    SELECT DISTINCT academic_year
    FROM mart.fct_roll
    WHERE term = 'spring'
),

part AS (
    -- Enrolments aged 5 to 15 with possible sessions, without those that began in the second half of the summer term.
    SELECT
        absence.academic_year,
        absence.la_code,
        absence.series_urn,
        absence.phase,
        CASE WHEN absence.sessions_absent * 2 >= absence.sessions_possible THEN 1 ELSE 0 END AS numerator,
        1 AS denominator
    FROM mart.fct_absence AS absence
    INNER JOIN year_known ON year_known.academic_year = absence.academic_year
    WHERE absence.age BETWEEN 5 AND 15
        AND absence.sessions_possible > 0
        AND NOT absence.came_late
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
    CAST(sum(placed.numerator) AS DOUBLE) AS numerator, -- enrolments that missed as much
    CAST(sum(placed.denominator) AS DOUBLE) AS denominator, -- enrolments aged 5 to 15 with possible sessions
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

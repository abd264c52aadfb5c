/*
title = "Pupils with three or more suspensions, of those with any"
basis = "local"
area = "ASW2"
unit = "percent"
polarity = "low"
grain = "one authority in one academic year"
period_rule = "academic year in which the suspensions began, to date"
period_kind = "academic_year"
from_august = true
needs = ["school_census.pupil_on_roll", "school_census.suspension_on_roll | school_census.suspension_off_roll"]
returns = "suspension"
rounding = "decimal_half_up(1)"
source = "APP letter of 22 January 2024; domain notes 3.2"
suppression = "none in the warehouse: it is restricted; small numbers are suppressed in what leaves the council"
caveats = [
  "Every suspension is reported by two censuses, of which the second stands: until it is in, the value is marked. A suspension that begins in August belongs to the year that begins.",
  "A pupil is one person under every UPN and at every school of the authority, referral units too: a suspension there is one of the three.",
]
reads = ["census_mark", "fct_suspension", "fct_suspension_year"]

[rows]
every = """
SELECT
    event.academic_year AS period, 'authority' AS geography_level, event.la_code AS geography_code, 'total' AS breakdown,
    event.pupil, event.urn, event.start_date, event.category, event.suspension, event.is_provisional,
    CASE WHEN event.suspension = 3 THEN 1 ELSE 0 END AS in_numerator,
    CASE WHEN event.suspension = 1 THEN 1 ELSE 0 END AS in_denominator, event._delivery, event._sheet, event._row
FROM (
    -- Each pupil stands in by the first suspension, and by the third where there is one.
    SELECT
        told.*,
        row_number() OVER (
            PARTITION BY academic_year, la_code, pupil
            ORDER BY start_date NULLS LAST, category NULLS LAST, series_urn NULLS LAST
        ) AS suspension
    FROM mart.fct_suspension AS told
    WHERE category <> 'PERM'
) AS event
"""

[series]
day = "start_date"
kinds = ["academic_year_to_date"]
*/
WITH pupil AS (
    SELECT academic_year, la_code, pupil, count(*) AS suspensions
    FROM mart.fct_suspension
    WHERE category <> 'PERM'
    GROUP BY academic_year, la_code, pupil
),

counted AS (
    SELECT
        academic_year,
        la_code,
        sum(CASE WHEN suspensions >= 3 THEN 1 ELSE 0 END) AS repeated,
        count(*) AS suspended
    FROM pupil
    GROUP BY academic_year, la_code
)

SELECT
    year.academic_year AS period, -- academic year
    'authority' AS geography_level,
    year.geography_code, -- three-digit authority code
    year.geography_name,
    CASE WHEN year.suspensions IS NOT NULL THEN CAST(counted.repeated AS DOUBLE) END AS numerator, -- pupils with three or more
    CASE WHEN year.suspensions IS NOT NULL THEN CAST(counted.suspended AS DOUBLE) END AS denominator, -- pupils with one or more
    CASE WHEN year.suspensions IS NULL THEN 'unavailable' END AS reason,
    CASE
        WHEN year.pupils IS NULL THEN 'no source: no census of that January is in'
        WHEN year.suspensions IS NULL THEN 'no source: no census tells suspensions of the year'
        ELSE told.mark
    END AS mark -- what is not in yet
FROM mart.fct_suspension_year AS year
LEFT JOIN counted
    ON counted.academic_year = year.academic_year
    AND counted.la_code = year.geography_code
LEFT JOIN mart.census_mark AS told
    ON told.academic_year = year.academic_year
    AND told.about = 'suspension'
    AND told.geography_level = 'authority'
    AND told.geography_code = year.geography_code
    AND told.breakdown = 'any'
WHERE year.geography_level = 'authority'
    AND year.breakdown = 'total'
    AND (counted.suspended > 0 OR year.suspensions IS NULL)

/*
title = "Suspensions after the third, for each pupil who reached three"
basis = "local"
area = "ASW2"
unit = "ratio"
unit_words = "suspensions for each pupil"
polarity = "low"
grain = "one authority in one academic year"
period_rule = "academic year in which the suspensions began, to date"
period_kind = "academic_year"
from_august = true
needs = ["school_census.pupil_on_roll", "school_census.suspension_on_roll | school_census.suspension_off_roll"]
returns = "suspension"
rounding = "decimal_half_up(2)"
source = "APP letter of 22 January 2024: what became of children and young people with three suspensions; domain notes 0"
suppression = "none in the warehouse: it is restricted; small numbers are suppressed in what leaves the council"
caveats = [
  "Every suspension is reported by two censuses, of which the second stands: until it is in, the value is marked. A suspension that begins in August belongs to the year that begins.",
  "A pupil is one person under every UPN and at every school of the authority, referral units too. Counted within the year: a fourth suspension in the next September is that year's first.",
  "A year that runs on has had less time for a fourth: compare whole years.",
]
reads = ["census_mark", "fct_suspension", "fct_suspension_year"]

[rows]
every = """
SELECT
    academic_year AS period, 'authority' AS geography_level, la_code AS geography_code, 'total' AS breakdown,
    pupil, urn, start_date, category, number_in_year, is_provisional,
    CASE WHEN number_in_year > 3 THEN 1 ELSE 0 END AS in_numerator,
    CASE WHEN number_in_year = 3 THEN 1 ELSE 0 END AS in_denominator, _delivery, _sheet, _row
FROM mart.fct_suspension
WHERE category <> 'PERM'
"""

[series]
day = "start_date"
kinds = ["academic_year_to_date"]
*/
WITH counted AS (
    SELECT
        academic_year,
        la_code,
        sum(CASE WHEN number_in_year > 3 THEN 1 ELSE 0 END) AS later,
        sum(CASE WHEN number_in_year = 3 THEN 1 ELSE 0 END) AS pupils
    FROM mart.fct_suspension
    WHERE category <> 'PERM'
    GROUP BY academic_year, la_code
)

SELECT
    year.academic_year AS period, -- academic year
    'authority' AS geography_level,
    year.geography_code, -- three-digit authority code
    year.geography_name,
    CASE WHEN year.suspensions IS NOT NULL THEN CAST(counted.later AS DOUBLE) END AS numerator, -- suspensions after a pupil's third
    CASE WHEN year.suspensions IS NOT NULL THEN CAST(counted.pupils AS DOUBLE) END AS denominator, -- pupils with three or more
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
    AND (counted.pupils > 0 OR year.suspensions IS NULL)

/*
title = "Pupils by how long their third suspension waited for a discussion"
basis = "local"
area = "ASW2"
unit = "percent"
polarity = "high"
grain = "one council in one academic year, in all and by how long it took"
place = "council"
period_rule = "academic year in which the third suspension began"
period_kind = "academic_year"
from_august = true
day = "start_date"
needs = ["inclusion_discussions.aid_register", "school_census.pupil_on_roll", "school_census.suspension_on_roll | school_census.suspension_off_roll", "calendar.school_day"]
returns = "suspension"
rounding = "decimal_half_up(1)"
source = "APP letter of 22 January 2024, Area Inclusion Discussions; domain notes 0: days from trigger to discussion"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "In all: discussed within 60 school days (about a term) of the third suspension. The bands add up to all pupils with one: read aid_days_to_discussion for the median.",
  "Counted from the day of the suspension to the first discussion that names it (SUSP3) and took place, that day itself and holidays included; school days are those of config/calendar.csv.",
  "Which direction is good is told by the bands: a higher share of a short wait is better, of a long one or none worse.",
]
reads = ["census_mark", "dim_council", "dim_date", "dim_roll_year", "fct_register_year", "fct_third_suspension"]

[rows]
every = """
SELECT
    third.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, band.breakdown,
    third.pupil, third.urn, third.start_date, third.days_to_discussion,
    CASE
        WHEN band.breakdown = 'wait=' || third.wait THEN 1
        WHEN band.breakdown = 'total' AND third.days_to_discussion IS NOT NULL THEN 1
        ELSE 0
    END AS in_numerator,
    1 AS in_denominator, third._delivery, third._sheet, third._row
FROM mart.fct_third_suspension AS third
CROSS JOIN mart.dim_council AS council
CROSS JOIN (
    VALUES
        ('total'), ('wait=0 to 5 school days'), ('wait=6 to 10 school days'), ('wait=11 to 15 school days'),
        ('wait=16 to 60 school days'), ('wait=none within 60 school days')
) AS band (breakdown)
WHERE third.is_wait_known
"""

[series]
day = "start_date"
kinds = ["month", "term", "calendar_year", "rolling_12_months", "academic_year_to_date"]
*/
WITH held AS (
    SELECT year.academic_year, year.entries, year.matched, year.no_match, year.mark, year._delivery, year._sheet, year._row, year.mark_ahead, ends.school_day_number AS end_number
    FROM mart.fct_register_year AS year
    LEFT JOIN mart.dim_date AS ends ON ends.date = year_ends(first_year_in(year.academic_year))
    WHERE year.register = 'inclusion_discussions'
),

-- Years whose January census is there, or one that stands in: the others have no row of thirds to stand on.
census AS (
    SELECT academic_year
    FROM mart.dim_roll_year
),

third AS (
    SELECT academic_year, pupil, school_day_number, days_to_discussion, wait, is_wait_known
    FROM mart.fct_third_suspension
),

beyond AS (
    SELECT academic_year, count(*) AS pupils
    FROM third
    WHERE NOT is_wait_known
    GROUP BY academic_year
),

-- Pupils whose 60 school days reach beyond the year.
ahead AS (
    SELECT third.academic_year, count(*) AS pupils
    FROM third
    INNER JOIN held ON held.academic_year = third.academic_year
    WHERE third.days_to_discussion IS NULL
        AND third.school_day_number + 60 > held.end_number
    GROUP BY third.academic_year
),

counted AS (
    SELECT
        third.academic_year,
        band.breakdown,
        sum(CASE
            WHEN band.breakdown = 'wait=' || third.wait THEN 1
            WHEN band.breakdown = 'total' AND third.days_to_discussion IS NOT NULL THEN 1
            ELSE 0
        END) AS waited,
        count(*) AS pupils
    FROM third
    CROSS JOIN (
        VALUES
            ('total'), ('wait=0 to 5 school days'), ('wait=6 to 10 school days'), ('wait=11 to 15 school days'),
            ('wait=16 to 60 school days'), ('wait=none within 60 school days')
    ) AS band (breakdown)
    WHERE third.is_wait_known
    GROUP BY third.academic_year, band.breakdown
),

year AS (
    SELECT academic_year FROM third
    UNION
    SELECT held.academic_year
    FROM held
    WHERE held.entries = 0
        OR NOT EXISTS (SELECT 1 FROM census WHERE census.academic_year = held.academic_year)
)

SELECT
    year.academic_year AS period, -- academic year
    COALESCE(counted.breakdown, 'total') AS breakdown, -- total, or how long it took
    CASE WHEN CASE WHEN COALESCE(held.matched, 0) = 0 OR census.academic_year IS NULL OR counted.pupils IS NULL THEN 'unavailable' END IS NULL THEN CAST(counted.waited AS DOUBLE) END AS numerator, -- pupils who waited so long
    CASE WHEN CASE WHEN COALESCE(held.matched, 0) = 0 OR census.academic_year IS NULL OR counted.pupils IS NULL THEN 'unavailable' END IS NULL THEN CAST(counted.pupils AS DOUBLE) END AS denominator, -- pupils with a third suspension in the year
    CASE WHEN COALESCE(held.matched, 0) = 0 OR census.academic_year IS NULL OR counted.pupils IS NULL THEN 'unavailable' END AS reason, -- the engine says why where there is nothing to divide by
    held._delivery AS _delivery, -- of many rows the last
    held._sheet AS _sheet,
    CAST(held._row AS INTEGER) AS _row,
    NULLIF(substring(
        CASE
            WHEN COALESCE(held.entries, 0) > 0 AND census.academic_year IS NULL THEN '; no source: no school census of spring ' || year.academic_year
            WHEN COALESCE(held.matched, 0) = 0 THEN '; no source: ' || COALESCE(held.no_match, 'the register of discussions has nothing of ' || year.academic_year)
            WHEN census.academic_year IS NULL THEN '; no source: no school census of spring ' || year.academic_year
            ELSE COALESCE('; ' || held.mark, '') || CASE WHEN ahead.pupils > 0 THEN COALESCE('; ' || held.mark_ahead, '') ELSE '' END
        END
        || CASE
            WHEN beyond.pupils > 0
                THEN '; partial: the school calendar does not reach ' || CAST(beyond.pupils AS VARCHAR) || ' pupils, who are left out'
            ELSE ''
        END
        || CASE WHEN census.academic_year IS NULL THEN '' ELSE COALESCE('; ' || census_told.mark, '') END
    FROM 3), '') AS mark
FROM year
LEFT JOIN counted ON counted.academic_year = year.academic_year
LEFT JOIN held ON held.academic_year = year.academic_year
LEFT JOIN census ON census.academic_year = year.academic_year
LEFT JOIN beyond ON beyond.academic_year = year.academic_year
LEFT JOIN ahead ON ahead.academic_year = year.academic_year
CROSS JOIN mart.dim_council AS council
LEFT JOIN mart.census_mark AS census_told
    ON census_told.academic_year = year.academic_year
    AND census_told.about = 'suspension'
    AND census_told.geography_level = 'authority'
    AND census_told.geography_code = council.la_code
    AND census_told.breakdown = 'any'
WHERE COALESCE(held.entries, 0) > 0
    OR COALESCE(counted.breakdown, 'total') = 'total'

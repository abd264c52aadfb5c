/*
title = "Suspensions in the 90 days after a discussion"
basis = "local"
area = "ASW2"
unit = "ratio"
unit_words = "suspensions for each discussion"
polarity = "low"
grain = "one council in one academic year, after and before the discussion"
place = "council"
period_rule = "academic year of the discussion"
period_kind = "academic_year"
needs = ["inclusion_discussions.aid_register", "school_census.pupil_on_roll", "school_census.suspension_on_roll | school_census.suspension_off_roll", "calendar.school_day"]
rounding = "decimal_half_up(2)"
source = "APP letter of 22 January 2024: intervening where children had three suspensions; domain notes 0: subsequent suspensions"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Suspensions and lunchtime suspensions that began on the 90 days after the meeting, over discussions after a third suspension (SUSP3) that took place. `window=90 days before`: those on the 90 days before it.",
  "Fewer after than before is no proof: a discussion follows a run of suspensions, and runs end by themselves.",
  "A discussion whose 90 days reach beyond what the censuses tell is counted with what they tell, and the value is marked provisional.",
]
reads = ["census_mark", "dim_council", "fct_discussion_followed", "fct_register_year", "fct_roll"]

[rows]
numerator = """
SELECT
    followed.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code,
    CASE WHEN event.start_date > followed.meeting_date THEN 'total' ELSE 'window=90 days before' END AS breakdown,
    event.pupil, followed.meeting_date, event.start_date, event.category, event.urn, event.is_provisional,
    event._delivery, event._sheet, event._row
FROM mart.fct_discussion_followed AS followed
INNER JOIN mart.fct_suspension AS event
    ON event.pupil = followed.pupil
    AND event.category <> 'PERM'
    AND event.start_date <> followed.meeting_date
    AND event.start_date >= followed.meeting_date - INTERVAL '90' DAY
    AND event.start_date <= followed.meeting_date + INTERVAL '90' DAY
CROSS JOIN mart.dim_council AS council
WHERE followed.trigger = 'SUSP3'
"""
denominator = """
SELECT
    followed.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, time.breakdown,
    followed.pupil, followed.meeting_date, followed.suspensions_before, followed.suspensions_after,
    followed._delivery, followed._sheet, followed._row
FROM mart.fct_discussion_followed AS followed
CROSS JOIN (VALUES ('total'), ('window=90 days before')) AS time (breakdown)
CROSS JOIN mart.dim_council AS council
WHERE followed.trigger = 'SUSP3'
    AND followed.pupil IS NOT NULL
"""

[series]
day = "meeting_date"
kinds = ["month", "term", "calendar_year", "rolling_12_months", "academic_year_to_date"]
*/
WITH census AS (
    SELECT DISTINCT academic_year
    FROM mart.fct_roll
    WHERE term = 'spring'
),

held AS (
    SELECT academic_year, entries, no_match, mark, _delivery, _sheet, _row
    FROM mart.fct_register_year
    WHERE register = 'inclusion_discussions'
),

meeting AS (
    SELECT
        academic_year,
        pupil,
        suspensions_before,
        suspensions_after,
        is_open,
        CASE
            WHEN meeting_date - INTERVAL '90' DAY <= day_of(first_year_in(academic_year), 7, 31) THEN 1
            ELSE 0
        END AS looks_back,
        CASE
            WHEN NOT is_open
                AND meeting_date + INTERVAL '90' DAY > year_ends(first_year_in(academic_year)) THEN 1
            ELSE 0
        END AS looks_ahead
    FROM mart.fct_discussion_followed
    WHERE trigger = 'SUSP3'
),

nameless AS (
    SELECT academic_year, count(*) AS discussions
    FROM meeting
    WHERE pupil IS NULL
    GROUP BY academic_year
),

counted AS (
    SELECT
        academic_year,
        'total' AS breakdown,
        sum(suspensions_after) AS suspensions,
        count(*) AS discussions,
        sum(CASE WHEN is_open THEN 1 ELSE 0 END) AS open,
        sum(looks_ahead) AS beyond
    FROM meeting
    WHERE pupil IS NOT NULL
    GROUP BY academic_year
    UNION ALL
    SELECT academic_year, 'window=90 days before', sum(suspensions_before), count(*), 0, sum(looks_back)
    FROM meeting
    WHERE pupil IS NOT NULL
    GROUP BY academic_year
)

SELECT
    held.academic_year AS period, -- academic year
    COALESCE(counted.breakdown, 'total') AS breakdown, -- after the discussion, or before it
    CASE WHEN census.academic_year IS NOT NULL THEN CAST(counted.suspensions AS DOUBLE) END AS numerator, -- suspensions that began in the window
    CASE WHEN census.academic_year IS NOT NULL THEN CAST(counted.discussions AS DOUBLE) END AS denominator, -- discussions after a third suspension
    CASE WHEN census.academic_year IS NULL OR counted.academic_year IS NULL THEN 'unavailable' END AS reason, -- the engine says why where there is nothing to divide by
    held._delivery AS _delivery, -- of many rows the last
    held._sheet AS _sheet,
    CAST(held._row AS INTEGER) AS _row,
    NULLIF(substring(
        CASE
            WHEN census.academic_year IS NULL AND held.entries > 0 THEN '; no source: no school census of spring ' || held.academic_year
            WHEN counted.academic_year IS NULL
                THEN '; no source: ' || COALESCE(held.no_match, 'the register has no discussion of a pupil of a census after a third suspension in ' || held.academic_year)
            ELSE COALESCE('; ' || held.mark, '')
        END
        || CASE
            WHEN nameless.discussions > 0
                THEN '; partial: ' || CAST(nameless.discussions AS VARCHAR) || ' discussions lead to no pupil of a census, and are not counted'
            ELSE ''
        END
        || CASE
            WHEN counted.open > 0
                THEN '; provisional: the 90 days of ' || CAST(counted.open AS VARCHAR) || ' discussions reach beyond what the censuses tell'
            ELSE ''
        END
        || CASE WHEN census.academic_year IS NULL THEN '' ELSE COALESCE('; ' || census_told.mark, '') END
        || CASE WHEN counted.beyond > 0 THEN COALESCE('; ' || beyond_told.mark, '') ELSE '' END
    FROM 3), '') AS mark
FROM held
LEFT JOIN counted ON counted.academic_year = held.academic_year
LEFT JOIN nameless ON nameless.academic_year = held.academic_year
LEFT JOIN census ON census.academic_year = held.academic_year
CROSS JOIN mart.dim_council AS council
LEFT JOIN mart.census_mark AS census_told
    ON census_told.academic_year = held.academic_year
    AND census_told.about = 'suspension'
    AND census_told.geography_level = 'authority'
    AND census_told.geography_code = council.la_code
    AND census_told.breakdown = 'any'
LEFT JOIN mart.census_mark AS beyond_told
    ON beyond_told.academic_year = held.academic_year
    AND beyond_told.about = CASE counted.breakdown WHEN 'total' THEN 'suspension after' ELSE 'suspension before' END
    AND beyond_told.geography_level = 'authority'
    AND beyond_told.geography_code = council.la_code
    AND beyond_told.breakdown = 'any'

/*
title = "Pupils discussed within 15 school days of their third suspension"
basis = "local"
area = "ASW2"
unit = "percent"
polarity = "high"
grain = "one authority in one academic year"
period_rule = "academic year in which the third suspension began"
period_kind = "academic_year"
from_august = true
day = "start_date"
needs = ["inclusion_discussions.aid_register", "school_census.pupil_on_roll", "school_census.suspension_on_roll | school_census.suspension_off_roll", "calendar.school_day"]
returns = "suspension"
rounding = "decimal_half_up(1)"
source = "APP letter of 22 January 2024, Area Inclusion Discussions; domain notes 3.2 (n = 15 school days)"
suppression = "none in the warehouse: it is restricted; small numbers are suppressed in what leaves the council"
caveats = [
  "A third suspension that is less than 15 school days old may still be picked up: such a value is marked provisional.",
  "A day that the calendar does not reach is not guessed: the pupil is left out of both counts, and the value is marked.",
  "Within 15 school days are the day of the suspension itself, and every day, holidays too, until 15 school days are over. School days are those of config/calendar.csv.",
  "Only discussions that name the third suspension as their reason (SUSP3) and that took place count.",
]
reads = ["census_mark", "dim_authority", "dim_council", "dim_date", "dim_roll_year", "fct_inclusion_discussion", "fct_register_year", "fct_third_suspension"]

[rows]
every = """
SELECT
    academic_year AS period, 'authority' AS geography_level, la_code AS geography_code, 'total' AS breakdown,
    pupil, urn, start_date, days_to_discussion,
    CASE WHEN is_picked_up THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator, _delivery, _sheet, _row
FROM mart.fct_third_suspension
WHERE is_pick_up_known
"""

[series]
day = "start_date"
kinds = ["month", "term", "calendar_year", "rolling_12_months", "academic_year_to_date"]
*/
WITH january AS (
    SELECT academic_year
    FROM mart.dim_roll_year
),

register AS (
    SELECT year.academic_year, year.entries, year.matched, year.no_match, year.mark, year._delivery, year._sheet, year._row, reach.school_day_number AS reach_number, year.mark_ahead, ends.school_day_number AS end_number
    FROM mart.fct_register_year AS year
    LEFT JOIN mart.dim_date AS reach ON reach.date = year.reaches_to
    LEFT JOIN mart.dim_date AS ends ON ends.date = year_ends(first_year_in(year.academic_year))
    WHERE year.register = 'inclusion_discussions'
),

counted AS (
    SELECT
        third.academic_year,
        third.la_code,
        sum(CASE WHEN third.is_picked_up THEN 1 ELSE 0 END) AS in_time,
        sum(CASE WHEN third.is_pick_up_known THEN 1 ELSE 0 END) AS pupils,
        sum(CASE WHEN third.is_pick_up_known THEN 0 ELSE 1 END) AS beyond,
        sum(CASE
            WHEN third.is_pick_up_known
                AND NOT third.is_picked_up
                AND third.school_day_number + 15 > register.reach_number THEN 1
            ELSE 0
        END) AS open,
        sum(CASE WHEN NOT third.is_picked_up AND third.school_day_number + 15 > register.end_number THEN 1 ELSE 0 END) AS ahead
    FROM mart.fct_third_suspension AS third
    LEFT JOIN register ON register.academic_year = third.academic_year
    GROUP BY third.academic_year, third.la_code
),

-- Discussions of a third suspension that lead to no pupil: some of the pupils may be those counted as missed.
unmatched AS (
    SELECT academic_year, count(*) AS discussions
    FROM mart.fct_inclusion_discussion
    WHERE trigger = 'SUSP3'
        AND is_discussed
        AND (pupil IS NULL OR pupil_by = 'unknown_upn')
    GROUP BY academic_year
),

placed AS (
    SELECT
        counted.academic_year,
        counted.la_code,
        authority.name,
        counted.in_time,
        counted.pupils,
        CASE WHEN COALESCE(register.matched, 0) = 0 OR counted.pupils = 0 THEN 'unavailable' END AS reason,
        CASE
            WHEN COALESCE(register.matched, 0) = 0
                THEN '; no source: ' || COALESCE(register.no_match, 'the register of discussions has nothing of ' || counted.academic_year)
            ELSE COALESCE('; ' || register.mark, '')
                || CASE WHEN counted.ahead > 0 THEN COALESCE('; ' || register.mark_ahead, '') ELSE '' END
        END
        || CASE
            WHEN counted.beyond > 0
                THEN '; partial: the school calendar does not reach ' || CAST(counted.beyond AS VARCHAR) || ' pupils, who are left out'
            ELSE ''
        END
        || CASE
            WHEN unmatched.discussions > 0
                THEN '; partial: ' || CAST(unmatched.discussions AS VARCHAR) || ' discussions lead to no pupil of a census'
            ELSE ''
        END
        || COALESCE('; ' || told.mark, '')
        || CASE
            WHEN counted.open > 0
                THEN '; provisional: ' || CAST(counted.open AS VARCHAR) || ' pupils may still be discussed in time'
            ELSE ''
        END AS mark,
        register._delivery,
        register._sheet,
        register._row
    FROM counted
    LEFT JOIN mart.census_mark AS told
        ON told.academic_year = counted.academic_year
        AND told.about = 'suspension'
        AND told.geography_level = 'authority'
        AND told.geography_code = counted.la_code
        AND told.breakdown = 'any'
    LEFT JOIN register ON register.academic_year = counted.academic_year
    LEFT JOIN unmatched ON unmatched.academic_year = counted.academic_year
    LEFT JOIN mart.dim_authority AS authority
        ON authority.la_code = counted.la_code
        AND authority.is_current
    UNION ALL
    -- A year of the register without its January census: nobody knows who was suspended three times.
    SELECT
        register.academic_year,
        council.la_code,
        council.name,
        NULL,
        NULL,
        'unavailable',
        '; no source: no school census of spring ' || register.academic_year,
        register._delivery,
        register._sheet,
        register._row
    FROM register
    CROSS JOIN mart.dim_council AS council
    WHERE NOT EXISTS (SELECT 1 FROM january WHERE january.academic_year = register.academic_year)
)

SELECT
    placed.academic_year AS period, -- academic year
    'authority' AS geography_level,
    placed.la_code AS geography_code, -- three-digit authority code
    placed.name AS geography_name,
    CASE WHEN placed.reason IS NULL THEN CAST(placed.in_time AS DOUBLE) END AS numerator, -- pupils discussed in time
    CASE WHEN placed.reason IS NULL THEN CAST(placed.pupils AS DOUBLE) END AS denominator, -- pupils with a third suspension
    placed.reason AS reason,
    placed._delivery AS _delivery, -- of many rows the last of the register
    placed._sheet AS _sheet,
    CAST(placed._row AS INTEGER) AS _row,
    NULLIF(substring(placed.mark FROM 3), '') AS mark
FROM placed

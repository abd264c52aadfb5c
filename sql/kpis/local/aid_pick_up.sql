/*
title = "Pupils discussed within 15 school days of their third suspension"
basis = "local"
area = "ASW2"
unit = "percent"
polarity = "high"
grain = "one authority in one academic year"
period_rule = "academic year in which the third suspension began"
period_kind = "academic_year"
needs = ["inclusion_discussions.aid_register", "school_census.pupil_on_roll", "school_census.suspension_on_roll | school_census.suspension_off_roll", "calendar.school_day"]
rounding = "decimal_half_up(1)"
source = "APP letter of 22 January 2024, Area Inclusion Discussions; domain notes 3.2 (n = 15 school days)"
suppression = "none in the warehouse: it is restricted; small numbers are suppressed in what leaves the council"
caveats = [
  "A third suspension that is less than 15 school days old may still be picked up.",
  "Within 15 school days are the day of the suspension itself, and every day, holidays too, until 15 school days are over. School days are those of config/calendar.csv.",
  "Only discussions that name the third suspension as their reason (SUSP3) and that took place count.",
]
reads = ["dim_authority", "dim_date", "fct_inclusion_discussion", "fct_roll", "fct_suspension"]
*/
WITH year_known AS (
    SELECT DISTINCT academic_year
    FROM mart.fct_roll
    WHERE term = 'spring'
),

third AS (
    SELECT event.academic_year, event.la_code, event.pupil, event.start_date, dim_date.school_day_number
    FROM mart.fct_suspension AS event
    INNER JOIN year_known ON year_known.academic_year = event.academic_year
    LEFT JOIN mart.dim_date ON dim_date.date = event.start_date
    WHERE event.number_in_year = 3
)

SELECT
    third.academic_year AS period, -- academic year
    'authority' AS geography_level,
    third.la_code AS geography_code, -- three-digit authority code
    min(authority.name) AS geography_name,
    'total' AS breakdown,
    CAST(sum(CASE
        WHEN EXISTS (
            SELECT 1
            FROM mart.fct_inclusion_discussion AS discussion
            WHERE discussion.pupil = third.pupil
                AND discussion.trigger = 'SUSP3'
                AND discussion.is_discussed
                AND discussion.meeting_date >= third.start_date
                AND discussion.meeting_school_day - third.school_day_number <= 15
        ) THEN 1
        ELSE 0
    END) AS DOUBLE) AS numerator, -- pupils discussed in time
    CAST(count(*) AS DOUBLE) AS denominator, -- pupils with a third suspension
    CAST(NULL AS VARCHAR) AS reason,
    CAST(NULL AS DOUBLE) AS published,
    CAST(NULL AS VARCHAR) AS _delivery,
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM third
LEFT JOIN mart.dim_authority AS authority
    ON authority.la_code = third.la_code
    AND authority.is_current
GROUP BY third.academic_year, third.la_code

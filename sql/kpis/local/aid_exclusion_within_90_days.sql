/*
title = "Pupils permanently excluded within 90 days of their discussion"
basis = "local"
area = "ASW2"
unit = "percent"
polarity = "low"
grain = "one authority in one academic year"
period_rule = "academic year of the discussion"
period_kind = "academic_year"
needs = ["inclusion_discussions.aid_register", "school_census.pupil_on_roll", "school_census.suspension_on_roll | school_census.suspension_off_roll"]
rounding = "decimal_half_up(1)"
source = "APP letter of 22 January 2024, Area Inclusion Discussions; domain notes 0 and 3.2"
suppression = "none in the warehouse: it is restricted; small numbers are suppressed in what leaves the council"
caveats = [
  "Pupils are discussed because they are at risk: a low figure does not show by itself that the discussions work.",
  "Only discussions after a third suspension (SUSP3) that took place count; a discussion less than 90 days old may still be followed by an exclusion.",
]
reads = ["dim_authority", "fct_inclusion_discussion", "fct_roll", "fct_suspension"]
*/
WITH year_known AS (
    SELECT DISTINCT academic_year
    FROM mart.fct_roll
    WHERE term = 'spring'
),

meeting AS (
    SELECT discussion.academic_year, discussion.la_code, discussion.pupil, discussion.meeting_date
    FROM mart.fct_inclusion_discussion AS discussion
    INNER JOIN year_known ON year_known.academic_year = discussion.academic_year
    WHERE discussion.trigger = 'SUSP3'
        AND discussion.is_discussed
        AND discussion.pupil IS NOT NULL
),

pupil AS (
    SELECT
        meeting.academic_year,
        meeting.la_code,
        meeting.pupil,
        max(CASE WHEN event.start_date IS NULL THEN 0 ELSE 1 END) AS is_excluded
    FROM meeting
    LEFT JOIN mart.fct_suspension AS event
        ON event.pupil = meeting.pupil
        AND event.category = 'PERM'
        AND event.start_date > meeting.meeting_date
        AND event.start_date <= meeting.meeting_date + INTERVAL '90' DAY
    GROUP BY meeting.academic_year, meeting.la_code, meeting.pupil
)

SELECT
    pupil.academic_year AS period, -- academic year
    'authority' AS geography_level,
    pupil.la_code AS geography_code, -- three-digit authority code
    min(authority.name) AS geography_name,
    'total' AS breakdown,
    CAST(sum(pupil.is_excluded) AS DOUBLE) AS numerator, -- pupils permanently excluded since
    CAST(count(*) AS DOUBLE) AS denominator, -- pupils discussed
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

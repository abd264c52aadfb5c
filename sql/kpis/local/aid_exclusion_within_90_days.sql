/*
title = "Pupils permanently excluded within 90 days of their discussion"
basis = "local"
area = "ASW2"
unit = "percent"
polarity = "low"
grain = "one authority in one academic year"
period_rule = "academic year of the discussion"
period_kind = "academic_year"
day = "meeting_date"
needs = ["inclusion_discussions.aid_register", "school_census.pupil_on_roll", "school_census.suspension_on_roll | school_census.suspension_off_roll", "calendar.school_day"]
rounding = "decimal_half_up(1)"
source = "APP letter of 22 January 2024, Area Inclusion Discussions; domain notes 0 and 3.2"
suppression = "none in the warehouse: it is restricted; small numbers are suppressed in what leaves the council"
caveats = [
  "Pupils are discussed because they are at risk: a low figure does not show by itself that the discussions work.",
  "In all: discussions after a third suspension (SUSP3) that took place. `reading=any trigger`: discussions for whatever reason.",
  "A discussion whose 90 days reach beyond what the censuses tell may still be followed by an exclusion: such a value is marked provisional.",
]
reads = ["census_mark", "dim_authority", "dim_council", "fct_discussion_followed", "fct_register_year", "fct_roll"]

[rows]
every = """
SELECT
    chosen.academic_year AS period, 'authority' AS geography_level, chosen.la_code AS geography_code, chosen.breakdown,
    chosen.pupil, chosen.meeting_date, chosen.trigger, chosen.excluded_on,
    CASE WHEN chosen.excluded_on IS NULL THEN 0 ELSE 1 END AS in_numerator, 1 AS in_denominator,
    chosen._delivery, chosen._sheet, chosen._row
FROM (
    -- Each pupil once: by the discussion that an exclusion followed, else by the first.
    SELECT
        followed.*,
        reading.breakdown,
        row_number() OVER (
            PARTITION BY reading.breakdown, followed.academic_year, followed.la_code, followed.pupil
            ORDER BY followed.excluded_on NULLS LAST, followed.meeting_date NULLS LAST, followed.aid_id NULLS LAST
        ) AS choice
    FROM mart.fct_discussion_followed AS followed
    CROSS JOIN (VALUES ('total'), ('reading=any trigger')) AS reading (breakdown)
    WHERE followed.pupil IS NOT NULL
        AND (followed.trigger = 'SUSP3' OR reading.breakdown <> 'total')
) AS chosen
WHERE chosen.choice = 1
"""
*/
WITH census AS (
    SELECT DISTINCT academic_year
    FROM mart.fct_roll
    WHERE term = 'spring'
),

read_as AS (
    SELECT
        reading.breakdown,
        meeting.academic_year,
        meeting.la_code,
        meeting.pupil,
        meeting.excluded_on,
        meeting.is_open,
        CASE
            WHEN NOT meeting.is_open
                AND meeting.meeting_date + INTERVAL '90' DAY > year_ends(first_year_in(meeting.academic_year)) THEN 1
            ELSE 0
        END AS looks_ahead
    FROM mart.fct_discussion_followed AS meeting
    INNER JOIN census ON census.academic_year = meeting.academic_year
    CROSS JOIN (VALUES ('total'), ('reading=any trigger')) AS reading (breakdown)
    WHERE meeting.trigger = 'SUSP3'
        OR reading.breakdown <> 'total'
),

pupil AS (
    SELECT
        breakdown,
        academic_year,
        la_code,
        pupil,
        max(CASE WHEN is_open THEN 1 ELSE 0 END) AS is_open,
        max(looks_ahead) AS looks_ahead,
        max(CASE WHEN excluded_on IS NULL THEN 0 ELSE 1 END) AS is_excluded
    FROM read_as
    WHERE pupil IS NOT NULL
    GROUP BY breakdown, academic_year, la_code, pupil
),

nameless AS (
    SELECT breakdown, academic_year, count(*) AS discussions
    FROM read_as
    WHERE pupil IS NULL
    GROUP BY breakdown, academic_year
),

counted AS (
    SELECT
        breakdown,
        academic_year,
        la_code,
        sum(is_excluded) AS excluded,
        count(*) AS pupils,
        sum(CASE WHEN is_excluded = 0 THEN is_open ELSE 0 END) AS open,
        sum(looks_ahead) AS beyond
    FROM pupil
    GROUP BY breakdown, academic_year, la_code
),

register AS (
    SELECT academic_year, entries, no_match, mark, _delivery, _sheet, _row
    FROM mart.fct_register_year
    WHERE register = 'inclusion_discussions'
),

placed AS (
    SELECT
        counted.academic_year,
        counted.la_code,
        authority.name,
        counted.breakdown,
        counted.excluded,
        counted.pupils,
        CAST(NULL AS VARCHAR) AS reason,
        COALESCE('; ' || register.mark, '')
        || CASE
            WHEN nameless.discussions > 0
                THEN '; partial: ' || CAST(nameless.discussions AS VARCHAR) || ' discussions lead to no pupil of a census, and are not counted'
            ELSE ''
        END
        || COALESCE('; ' || told.mark, '')
        || CASE WHEN counted.beyond > 0 THEN COALESCE('; ' || beyond_told.mark, '') ELSE '' END
        || CASE
            WHEN counted.open > 0
                THEN '; provisional: the 90 days of ' || CAST(counted.open AS VARCHAR) || ' pupils reach beyond what the censuses tell'
            ELSE ''
        END AS mark,
        register._delivery,
        register._sheet,
        register._row
    FROM counted
    LEFT JOIN register ON register.academic_year = counted.academic_year
    LEFT JOIN mart.census_mark AS told
        ON told.academic_year = counted.academic_year
        AND told.about = 'suspension'
        AND told.geography_level = 'authority'
        AND told.geography_code = counted.la_code
        AND told.breakdown = 'any'
    LEFT JOIN mart.census_mark AS beyond_told
        ON beyond_told.academic_year = counted.academic_year
        AND beyond_told.about = 'suspension after'
        AND beyond_told.geography_level = 'authority'
        AND beyond_told.geography_code = counted.la_code
        AND beyond_told.breakdown = 'any'
    LEFT JOIN nameless
        ON nameless.academic_year = counted.academic_year
        AND nameless.breakdown = counted.breakdown
    LEFT JOIN mart.dim_authority AS authority
        ON authority.la_code = counted.la_code
        AND authority.is_current
    UNION ALL
    -- A year of the register without its January census, or of which no row leads to a pupil, or that has nothing between two others.
    SELECT
        register.academic_year,
        council.la_code,
        council.name,
        'total',
        NULL,
        NULL,
        'unavailable',
        CASE
            WHEN register.entries = 0 THEN '; no source: the register of discussions has nothing of ' || register.academic_year
            WHEN census.academic_year IS NULL THEN '; no source: no school census of spring ' || register.academic_year
            ELSE '; no source: ' || register.no_match
        END,
        register._delivery,
        register._sheet,
        register._row
    FROM register
    CROSS JOIN mart.dim_council AS council
    LEFT JOIN census ON census.academic_year = register.academic_year
    WHERE register.entries = 0
        OR census.academic_year IS NULL
        OR register.no_match IS NOT NULL
)

SELECT
    placed.academic_year AS period, -- academic year
    'authority' AS geography_level,
    placed.la_code AS geography_code, -- three-digit authority code
    placed.name AS geography_name,
    placed.breakdown AS breakdown, -- total, or any trigger
    CAST(placed.excluded AS DOUBLE) AS numerator, -- pupils permanently excluded since
    CAST(placed.pupils AS DOUBLE) AS denominator, -- pupils discussed
    placed.reason AS reason,
    placed._delivery AS _delivery, -- of many rows the last of the register
    placed._sheet AS _sheet,
    CAST(placed._row AS INTEGER) AS _row,
    NULLIF(substring(placed.mark FROM 3), '') AS mark
FROM placed

/*
title = "Pupils permanently excluded within 90 days of their discussion"
basis = "local"
area = "ASW2"
unit = "percent"
polarity = "low"
grain = "one authority in one academic year"
period_rule = "academic year of the discussion"
period_kind = "academic_year"
needs = ["inclusion_discussions.aid_register", "school_census.pupil_on_roll", "school_census.suspension_on_roll | school_census.suspension_off_roll", "calendar.school_day"]
rounding = "decimal_half_up(1)"
source = "APP letter of 22 January 2024, Area Inclusion Discussions; domain notes 0 and 3.2"
suppression = "none in the warehouse: it is restricted; small numbers are suppressed in what leaves the council"
caveats = [
  "Pupils are discussed because they are at risk: a low figure does not show by itself that the discussions work.",
  "In all: discussions after a third suspension (SUSP3) that took place. `reading=any trigger`: discussions for whatever reason.",
  "A discussion whose 90 days reach beyond what the censuses tell may still be followed by an exclusion: such a value is marked provisional.",
]
reads = ["census_mark", "dim_authority", "dim_council", "dim_date", "fct_inclusion_discussion", "fct_register_year", "fct_roll", "fct_suspension"]
*/
WITH census AS (
    SELECT DISTINCT
        academic_year,
        term,
        CAST(left(academic_year, 4) AS BIGINT) * 3 + CASE term WHEN 'autumn' THEN 0 WHEN 'spring' THEN 1 ELSE 2 END AS census
    FROM mart.fct_roll
),

-- A census tells of the two terms before its own.
reached AS (
    SELECT max(census) - 1 AS last_term
    FROM census
),

meeting AS (
    SELECT
        discussion.academic_year,
        discussion.la_code,
        discussion.pupil,
        discussion.meeting_date,
        discussion.trigger,
        CASE WHEN reach.term_number <= reached.last_term THEN 0 ELSE 1 END AS is_open
    FROM mart.fct_inclusion_discussion AS discussion
    INNER JOIN census
        ON census.academic_year = discussion.academic_year
        AND census.term = 'spring'
    CROSS JOIN reached
    LEFT JOIN mart.dim_date AS reach ON reach.date = discussion.meeting_date + INTERVAL '90' DAY
    WHERE discussion.is_discussed
),

read_as AS (
    SELECT 'total' AS breakdown, meeting.* FROM meeting WHERE trigger = 'SUSP3'
    UNION ALL
    SELECT 'reading=any trigger' AS breakdown, meeting.* FROM meeting
),

pupil AS (
    SELECT
        read_as.breakdown,
        read_as.academic_year,
        read_as.la_code,
        read_as.pupil,
        max(read_as.is_open) AS is_open,
        max(CASE WHEN event.start_date IS NULL THEN 0 ELSE 1 END) AS is_excluded
    FROM read_as
    LEFT JOIN mart.fct_suspension AS event
        ON event.pupil = read_as.pupil
        AND event.category = 'PERM'
        AND event.start_date > read_as.meeting_date
        AND event.start_date <= read_as.meeting_date + INTERVAL '90' DAY
    WHERE read_as.pupil IS NOT NULL
    GROUP BY read_as.breakdown, read_as.academic_year, read_as.la_code, read_as.pupil
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
        sum(CASE WHEN is_excluded = 0 THEN is_open ELSE 0 END) AS open
    FROM pupil
    GROUP BY breakdown, academic_year, la_code
),

register AS (
    SELECT academic_year, entries, mark, _delivery, _sheet, _row
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
                THEN '; partial: ' || CAST(nameless.discussions AS VARCHAR) || ' discussions of a pupil without a number are not counted'
            ELSE ''
        END
        || COALESCE('; ' || told.mark, '')
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
    LEFT JOIN nameless
        ON nameless.academic_year = counted.academic_year
        AND nameless.breakdown = counted.breakdown
    LEFT JOIN mart.dim_authority AS authority
        ON authority.la_code = counted.la_code
        AND authority.is_current
    UNION ALL
    -- A year of the register without its January census, or one between two others of which it has nothing.
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
            ELSE '; no source: no school census of spring ' || register.academic_year
        END,
        register._delivery,
        register._sheet,
        register._row
    FROM register
    CROSS JOIN mart.dim_council AS council
    LEFT JOIN census
        ON census.academic_year = register.academic_year
        AND census.term = 'spring'
    WHERE register.entries = 0
        OR census.academic_year IS NULL
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
    CAST(NULL AS DOUBLE) AS published,
    placed._delivery AS _delivery, -- of many rows the last of the register
    placed._sheet AS _sheet,
    CAST(placed._row AS INTEGER) AS _row,
    FALSE AS _superseded,
    NULLIF(substring(placed.mark FROM 3), '') AS mark
FROM placed

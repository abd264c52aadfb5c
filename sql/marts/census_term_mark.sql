/*
title = "What is not in yet, or did not come, of the censuses that tell a term"
grain = "one subject of one term in one academic year whose figures it is in, where there is something to know"
key = ["academic_year", "about", "term_number"]
reads = ["census_table", "dim_term", "fct_suspension_log", "fct_suspension_told"]

[columns]
academic_year = "Academic year of the figures."
about = "suspension, suspension before, suspension after, absence, roll or need: see census_mark."
term_number = "Position of the term in time: see dim_term."
mark = "What a reader must know beside a figure of the term: `partial: …` or `provisional: …`, several with `; ` between them."
*/
-- Suspensions that a census had to tell again, and of which the table that would came with the header alone.
WITH unsaid AS (
    SELECT event_term + 2 AS census, count(*) AS events
    FROM mart.fct_suspension_told
    WHERE why_provisional = 'table'
    GROUP BY event_term + 2
),

state AS (
    SELECT
        census_table.census,
        COALESCE(max(CASE WHEN table_name = 'pupil_on_roll' AND NOT tells THEN ', ' || file_or_blank END), '')
            || COALESCE(max(CASE WHEN table_name = 'suspension_on_roll' AND (NOT tells OR (rows = 0 AND unsaid.events > 0)) THEN ', ' || file_part || CASE WHEN has_come THEN ' (empty)' ELSE '' END END), '')
            || COALESCE(max(CASE WHEN table_name = 'pupil_no_longer_on_roll' AND NOT tells THEN ', ' || file_or_blank END), '')
            || COALESCE(max(CASE WHEN table_name = 'suspension_off_roll' AND (NOT tells OR (rows = 0 AND unsaid.events > 0)) THEN ', ' || file_part || CASE WHEN has_come THEN ' (empty)' ELSE '' END END), '') AS lacks_suspensions,
        COALESCE(max(CASE WHEN table_name = 'pupil_on_roll' AND NOT tells THEN ', ' || file_or_blank END), '')
            || COALESCE(max(CASE WHEN table_name = 'sessions_on_roll' AND NOT tells THEN ', ' || file_or_blank END), '')
            || COALESCE(max(CASE WHEN table_name = 'pupil_no_longer_on_roll' AND NOT tells THEN ', ' || file_or_blank END), '')
            || COALESCE(max(CASE WHEN table_name = 'sessions_off_roll' AND NOT tells THEN ', ' || file_or_blank END), '')
            || COALESCE(max(CASE WHEN table_name = 'summer_second_half_sessions_on_roll' AND NOT tells THEN ', ' || file_or_blank END), '')
            || COALESCE(max(CASE WHEN table_name = 'summer_second_half_sessions_off_roll' AND NOT tells THEN ', ' || file_or_blank END), '') AS lacks_sessions,
        COALESCE(max(CASE WHEN table_name = 'census_return' AND NOT tells THEN file_or_blank END), '') AS lacks_heads,
        COALESCE(max(CASE WHEN table_name = 'sen_need' AND NOT tells THEN file_or_blank END), '') AS lacks_needs
    FROM mart.census_table
    LEFT JOIN unsaid ON unsaid.census = census_table.census
    GROUP BY census_table.census
),

-- Every census that could be, named as people name it, with what it lacks; NULL where nothing of it came.
census AS (
    SELECT
        dim_term.term_number AS census,
        dim_term.term || ' '
            || CAST(first_year_in(dim_term.academic_year) + CASE dim_term.term WHEN 'autumn' THEN 0 ELSE 1 END AS VARCHAR) AS name,
        COALESCE(state.lacks_suspensions = '', FALSE) AS tells_suspensions,
        COALESCE('lacks ' || substring(state.lacks_suspensions FROM 3), 'is not in') AS why_no_suspensions,
        COALESCE(state.lacks_sessions = '', FALSE) AS tells_sessions,
        COALESCE('lacks ' || substring(state.lacks_sessions FROM 3), 'is not in') AS why_no_sessions,
        CASE
            WHEN state.lacks_heads <> ''
                THEN '; partial: ' || dim_term.term || ' '
                    || CAST(first_year_in(dim_term.academic_year) + CASE dim_term.term WHEN 'autumn' THEN 0 ELSE 1 END AS VARCHAR)
                    || ' lacks ' || state.lacks_heads || ', which says which schools they are'
            ELSE ''
        END AS why_no_heads,
        state.lacks_needs
    FROM mart.dim_term
    LEFT JOIN state ON state.census = dim_term.term_number
),

year_term AS (
    SELECT years.academic_year, dim_term.term, dim_term.term_number
    FROM (SELECT DISTINCT academic_year FROM mart.census_table) AS years
    INNER JOIN mart.dim_term ON dim_term.academic_year = years.academic_year
),

-- Terms whose suspensions a figure of the year is reckoned from: its own, and those beside it where it looks back or ahead.
suspension_term AS (
    SELECT academic_year, 'suspension' AS about, term, term_number FROM year_term
    UNION ALL
    SELECT academic_year, 'suspension before', 'summer', term_number - 1 FROM year_term WHERE term = 'autumn'
    UNION ALL
    SELECT academic_year, 'suspension after', 'autumn', term_number + 1 FROM year_term WHERE term = 'summer'
),

-- Until a census tells a term, the authority's own log does, as far as it goes.
log_term AS (
    SELECT event_term, max(start_date) AS last_day
    FROM mart.fct_suspension_log
    WHERE census_says = 'nothing yet'
    GROUP BY event_term
),

-- Suspensions of a term are told by the two censuses after it, and stand as the second tells them. Absence of a term is told
-- by the next census. The roll and the needs are those of the spring.
of_every_school AS (
    SELECT
        year_term.academic_year,
        year_term.about,
        year_term.term_number AS place,
        CASE
            WHEN second.tells_suspensions THEN ''
            WHEN first.tells_suspensions
                THEN '; provisional: suspensions of the ' || year_term.term || ' term are told by one census, since '
                    || second.name || ' ' || second.why_no_suspensions
            WHEN first.why_no_suspensions = 'is not in' AND second.why_no_suspensions = 'is not in' AND log_term.last_day IS NOT NULL
                THEN '; provisional: suspensions of the ' || year_term.term || ' term are those of the authority''s own log, whose last is of '
                    || CAST(log_term.last_day AS VARCHAR) || ', since neither ' || first.name || ' nor ' || second.name || ' is in'
            WHEN first.why_no_suspensions = 'is not in' AND second.why_no_suspensions = 'is not in'
                THEN '; partial: suspensions of the ' || year_term.term || ' term are not told, since neither '
                    || first.name || ' nor ' || second.name || ' is in'
            ELSE '; partial: suspensions of the ' || year_term.term || ' term are not told in full, since '
                || first.name || ' ' || first.why_no_suspensions || ' and ' || second.name || ' ' || second.why_no_suspensions
        END || first.why_no_heads || second.why_no_heads AS mark
    FROM suspension_term AS year_term
    INNER JOIN census AS first ON first.census = year_term.term_number + 1
    INNER JOIN census AS second ON second.census = year_term.term_number + 2
    LEFT JOIN log_term ON log_term.event_term = year_term.term_number
    UNION ALL
    SELECT
        year_term.academic_year,
        'absence',
        year_term.term_number,
        CASE
            WHEN next.tells_sessions THEN ''
            ELSE '; partial: absence of the ' || year_term.term || ' term is not told in full, since ' || next.name || ' ' || next.why_no_sessions
        END || next.why_no_heads
    FROM year_term
    INNER JOIN census AS next ON next.census = year_term.term_number + 1
    UNION ALL
    SELECT
        year_term.academic_year,
        'roll',
        year_term.term_number,
        own.why_no_heads
    FROM year_term
    INNER JOIN census AS own ON own.census = year_term.term_number
    WHERE year_term.term = 'spring'
    UNION ALL
    SELECT
        year_term.academic_year,
        'need',
        year_term.term_number,
        CASE WHEN own.lacks_needs <> '' THEN '; partial: ' || own.name || ' lacks ' || own.lacks_needs ELSE '' END
    FROM year_term
    INNER JOIN census AS own ON own.census = year_term.term_number
    WHERE year_term.term = 'spring'
)

SELECT
    academic_year,
    about,
    place AS term_number,
    substring(mark FROM 3) AS mark
FROM of_every_school
WHERE mark <> ''
ORDER BY academic_year NULLS LAST, about NULLS LAST, term_number NULLS LAST

/*
title = "What is not in yet, or did not come, of the censuses that a year's figures are reckoned from"
grain = "one subject of one place in one academic year, where there is something to know"
key = ["academic_year", "about", "geography_level", "geography_code", "breakdown"]
reads = ["census_table", "dim_term", "fct_census_school", "fct_suspension_told", "school_missing_from_census", "suspension_without_pupil"]

[columns]
academic_year = "Academic year of the figures."
about = "roll (pupils in January), need (their primary needs), suspension or absence."
geography_level = "school or authority."
geography_code = "Unique reference number under which the school's figures stand, or three-digit authority code."
breakdown = "total of a school; of an authority: total (schools that count), any (all its schools), phase=primary and the like."
mark = "What a reader must know beside a figure: `partial: …` or `provisional: …`, several with `; ` between them."
*/
WITH state AS (
    SELECT
        census,
        COALESCE(max(CASE WHEN table_name = 'pupil_on_roll' AND NOT has_come THEN file_part || ' ' END), '')
            || COALESCE(max(CASE WHEN table_name = 'suspension_on_roll' AND NOT has_come THEN file_part || ' ' END), '')
            || COALESCE(max(CASE WHEN table_name = 'pupil_no_longer_on_roll' AND NOT has_come THEN file_part || ' ' END), '')
            || COALESCE(max(CASE WHEN table_name = 'suspension_off_roll' AND NOT has_come THEN file_part || ' ' END), '') AS lacks_suspensions,
        COALESCE(max(CASE WHEN table_name = 'pupil_on_roll' AND NOT has_come THEN file_part || ' ' END), '')
            || COALESCE(max(CASE WHEN table_name = 'sessions_on_roll' AND NOT has_come THEN file_part || ' ' END), '')
            || COALESCE(max(CASE WHEN table_name = 'pupil_no_longer_on_roll' AND NOT has_come THEN file_part || ' ' END), '')
            || COALESCE(max(CASE WHEN table_name = 'sessions_off_roll' AND NOT has_come THEN file_part || ' ' END), '')
            || COALESCE(max(CASE WHEN table_name = 'summer_second_half_sessions_on_roll' AND NOT has_come THEN file_part || ' ' END), '')
            || COALESCE(max(CASE WHEN table_name = 'summer_second_half_sessions_off_roll' AND NOT has_come THEN file_part || ' ' END), '') AS lacks_sessions,
        COALESCE(max(CASE WHEN table_name = 'census_return' AND NOT has_come THEN file_part END), '') AS lacks_heads,
        COALESCE(max(CASE WHEN table_name = 'sen_need' AND NOT has_come THEN file_part END), '') AS lacks_needs
    FROM mart.census_table
    GROUP BY census
),

-- Every census that could be, named as people name it, with what it lacks; NULL where nothing of it came.
census AS (
    SELECT
        dim_term.term_number AS census,
        dim_term.term || ' '
            || CAST(CAST(left(dim_term.academic_year, 4) AS BIGINT) + CASE dim_term.term WHEN 'autumn' THEN 0 ELSE 1 END AS VARCHAR) AS name,
        COALESCE(state.lacks_suspensions = '', FALSE) AS tells_suspensions,
        COALESCE('lacks ' || replace(trim(state.lacks_suspensions), ' ', ', '), 'is not in') AS why_no_suspensions,
        COALESCE(state.lacks_sessions = '', FALSE) AS tells_sessions,
        COALESCE('lacks ' || replace(trim(state.lacks_sessions), ' ', ', '), 'is not in') AS why_no_sessions,
        state.lacks_heads,
        state.lacks_needs
    FROM mart.dim_term
    LEFT JOIN state ON state.census = dim_term.term_number
),

year_term AS (
    SELECT years.academic_year, dim_term.term, dim_term.term_number
    FROM (SELECT DISTINCT academic_year FROM mart.census_table) AS years
    INNER JOIN mart.dim_term ON dim_term.academic_year = years.academic_year
),

-- Suspensions of a term are told by the two censuses after it, and stand as the second tells them. Absence of a term is told
-- by the next census. The roll and the needs are those of the spring.
of_every_school AS (
    SELECT
        year_term.academic_year,
        'suspension' AS about,
        year_term.term_number AS place,
        CASE
            WHEN second.tells_suspensions THEN NULL
            WHEN first.tells_suspensions
                THEN 'provisional: suspensions of the ' || year_term.term || ' term are told by one census, since '
                    || second.name || ' ' || second.why_no_suspensions
            WHEN first.why_no_suspensions = 'is not in' AND second.why_no_suspensions = 'is not in'
                THEN 'partial: suspensions of the ' || year_term.term || ' term are not told, since neither '
                    || first.name || ' nor ' || second.name || ' is in'
            ELSE 'partial: suspensions of the ' || year_term.term || ' term are not told in full, since '
                || first.name || ' ' || first.why_no_suspensions || ' and ' || second.name || ' ' || second.why_no_suspensions
        END AS mark
    FROM year_term
    INNER JOIN census AS first ON first.census = year_term.term_number + 1
    INNER JOIN census AS second ON second.census = year_term.term_number + 2
    UNION ALL
    SELECT
        year_term.academic_year,
        'absence',
        year_term.term_number,
        CASE
            WHEN NOT next.tells_sessions
                THEN 'partial: absence of the ' || year_term.term || ' term is not told in full, since ' || next.name || ' ' || next.why_no_sessions
        END
    FROM year_term
    INNER JOIN census AS next ON next.census = year_term.term_number + 1
    UNION ALL
    SELECT
        year_term.academic_year,
        'roll',
        year_term.term_number,
        CASE WHEN own.lacks_heads <> '' THEN 'partial: ' || own.name || ' lacks ' || own.lacks_heads || ', which says which schools they are' END
    FROM year_term
    INNER JOIN census AS own ON own.census = year_term.term_number
    WHERE year_term.term = 'spring'
    UNION ALL
    SELECT
        year_term.academic_year,
        'need',
        year_term.term_number,
        CASE WHEN own.lacks_needs <> '' THEN 'partial: ' || own.name || ' lacks ' || own.lacks_needs END
    FROM year_term
    INNER JOIN census AS own ON own.census = year_term.term_number
    WHERE year_term.term = 'spring'
),

common AS (
    SELECT
        academic_year,
        about,
        max(CASE WHEN place % 3 = 0 THEN mark END) AS autumn,
        max(CASE WHEN place % 3 = 1 THEN mark END) AS spring,
        max(CASE WHEN place % 3 = 2 THEN mark END) AS summer
    FROM of_every_school
    GROUP BY academic_year, about
),

-- Schools that a census lacks, by what it would have told.
absent AS (
    SELECT
        years.academic_year,
        subject.about,
        missing.series_urn,
        missing.la_code,
        missing.phase,
        missing.is_in_totals,
        min(missing.census) AS census
    FROM (SELECT DISTINCT academic_year, CAST(left(academic_year, 4) AS BIGINT) * 3 AS first_term FROM mart.census_table) AS years
    CROSS JOIN (VALUES ('roll', 1, 1), ('need', 1, 1), ('suspension', 1, 4), ('absence', 1, 3)) AS subject (about, after, until)
    INNER JOIN mart.school_missing_from_census AS missing
        ON missing.census BETWEEN years.first_term + subject.after AND years.first_term + subject.until
    GROUP BY years.academic_year, subject.about, missing.series_urn, missing.la_code, missing.phase, missing.is_in_totals
),

kept AS (
    SELECT academic_year, series_urn, la_code, phase, is_in_totals, count(*) AS events
    FROM mart.fct_suspension_told
    WHERE is_left_out
        AND NOT has_vanished
    GROUP BY academic_year, series_urn, la_code, phase, is_in_totals
),

of_school AS (
    SELECT absent.academic_year, absent.about, absent.series_urn, absent.la_code, absent.phase, absent.is_in_totals, 1 AS missing, 0 AS events, 0 AS lost, census.name
    FROM absent
    INNER JOIN census ON census.census = absent.census
    UNION ALL
    SELECT academic_year, 'suspension', series_urn, la_code, phase, is_in_totals, 0, events, 0, CAST(NULL AS VARCHAR)
    FROM kept
    UNION ALL
    SELECT event_year, 'suspension', series_urn, la_code, phase, is_in_totals, 0, 0, 1, CAST(NULL AS VARCHAR)
    FROM mart.suspension_without_pupil
),

place AS (
    SELECT DISTINCT 'school' AS geography_level, series_urn AS geography_code, 'total' AS breakdown
    FROM mart.fct_census_school
    WHERE series_urn IS NOT NULL
    UNION
    SELECT DISTINCT 'authority', la_code, which.breakdown
    FROM mart.fct_census_school
    CROSS JOIN (VALUES ('total'), ('any')) AS which (breakdown)
    WHERE la_code IS NOT NULL
    UNION
    SELECT DISTINCT 'authority', la_code, 'phase=' || phase
    FROM mart.fct_census_school
    WHERE la_code IS NOT NULL
),

placed AS (
    SELECT academic_year, about, 'school' AS geography_level, series_urn AS geography_code, 'total' AS breakdown, missing, events, lost, name
    FROM of_school
    UNION ALL
    SELECT academic_year, about, 'authority', la_code, 'any', missing, events, lost, name
    FROM of_school
    UNION ALL
    SELECT academic_year, about, 'authority', la_code, 'total', missing, events, lost, name
    FROM of_school
    WHERE is_in_totals
    UNION ALL
    SELECT academic_year, about, 'authority', la_code, 'phase=' || phase, missing, events, lost, name
    FROM of_school
),

own AS (
    SELECT
        academic_year,
        about,
        geography_level,
        geography_code,
        breakdown,
        sum(missing) AS missing,
        sum(events) AS events,
        sum(lost) AS lost,
        min(name) AS name
    FROM placed
    GROUP BY academic_year, about, geography_level, geography_code, breakdown
),

said AS (
    SELECT
        common.academic_year,
        common.about,
        place.geography_level,
        place.geography_code,
        place.breakdown,
        COALESCE('; ' || common.autumn, '')
            || COALESCE('; ' || common.spring, '')
            || COALESCE('; ' || common.summer, '')
            || CASE
                WHEN COALESCE(own.missing, 0) = 0 THEN ''
                WHEN place.geography_level = 'school' THEN '; partial: the school is not in the census of ' || own.name
                WHEN own.missing = 1 THEN '; partial: 1 school is missing from the census of ' || own.name
                ELSE '; partial: ' || CAST(own.missing AS VARCHAR) || ' schools are missing from a census'
            END
            || CASE
                WHEN COALESCE(own.events, 0) > 0
                    THEN '; provisional: ' || CAST(own.events AS VARCHAR) || ' suspensions or exclusions are kept that a school left out of the later census with most of the others'
                ELSE ''
            END
            || CASE
                WHEN COALESCE(own.lost, 0) > 0
                    THEN '; partial: ' || CAST(own.lost AS VARCHAR) || ' suspensions or exclusions lead to no pupil of their census and are left out'
                ELSE ''
            END AS marks
    FROM common
    CROSS JOIN place
    LEFT JOIN own
        ON own.academic_year = common.academic_year
        AND own.about = common.about
        AND own.geography_level = place.geography_level
        AND own.geography_code = place.geography_code
        AND own.breakdown = place.breakdown
)

SELECT
    academic_year,
    about,
    geography_level,
    geography_code,
    breakdown,
    substring(marks FROM 3) AS mark
FROM said
WHERE marks <> ''
ORDER BY academic_year NULLS LAST, about NULLS LAST, geography_level NULLS LAST, geography_code NULLS LAST, breakdown NULLS LAST

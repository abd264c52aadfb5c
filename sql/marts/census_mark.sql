/*
title = "What is not in yet, or did not come, of the censuses that a year's figures are reckoned from"
grain = "one subject of one place in one academic year, where there is something to know"
key = ["academic_year", "about", "geography_level", "geography_code", "breakdown"]
reads = ["census_table", "census_term_mark", "dim_school_link", "dim_term", "fct_census_school", "fct_suspension_log", "fct_suspension_told", "school_missing_from_census", "suspension_without_pupil"]

[columns]
academic_year = "Academic year of the figures."
about = "roll (pupils in January), need (their primary needs), links (what became of schools that closed), suspension, absence; suspension before and suspension after: those of the summer term before the year and of the autumn term after it, for what looks back or ahead."
geography_level = "school or authority."
geography_code = "Unique reference number under which the school's figures stand, or three-digit authority code."
breakdown = "total of a school; of an authority: total (schools that count), any (all its schools), phase=primary and the like."
mark = "What a reader must know beside a figure: `partial: …` or `provisional: …`, several with `; ` between them."
*/
WITH census AS (
    SELECT
        term_number AS census,
        term || ' ' || CAST(first_year_in(academic_year) + CASE term WHEN 'autumn' THEN 0 ELSE 1 END AS VARCHAR) AS name
    FROM mart.dim_term
),

-- Every subject of every year, with what is to know of its terms, if anything.
common AS (
    SELECT
        years.academic_year,
        subject.about,
        max(CASE WHEN told.term_number % 3 = 0 THEN '; ' || told.mark END) AS autumn,
        max(CASE WHEN told.term_number % 3 = 1 THEN '; ' || told.mark END) AS spring,
        max(CASE WHEN told.term_number % 3 = 2 THEN '; ' || told.mark END) AS summer
    FROM (SELECT DISTINCT academic_year FROM mart.census_table) AS years
    CROSS JOIN (VALUES
        ('roll'), ('need'), ('links'), ('suspension'), ('suspension before'), ('suspension after'), ('absence')
    ) AS subject (about)
    LEFT JOIN mart.census_term_mark AS told
        ON told.academic_year = years.academic_year
        AND told.about = subject.about
    GROUP BY years.academic_year, subject.about
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
    FROM (SELECT DISTINCT academic_year, first_year_in(academic_year) * 3 AS first_term FROM mart.census_table) AS years
    CROSS JOIN (VALUES
        ('roll', 1, 1), ('need', 1, 1), ('suspension', 1, 4), ('suspension before', 0, 1), ('suspension after', 4, 5), ('absence', 1, 3)
    ) AS subject (about, after, until)
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

from_log AS (
    SELECT academic_year, series_urn, la_code, phase, is_in_totals, count(*) AS events
    FROM mart.fct_suspension_log
    WHERE census_says = 'nothing yet'
    GROUP BY academic_year, series_urn, la_code, phase, is_in_totals
),

-- Where GIAS has no link at all, nobody knows what a school that closed became: its figures and those of the school after it
-- stand apart, and a pupil of both counts twice in the years about the change.
span AS (
    SELECT
        series_urn,
        min(la_code) AS la_code,
        min(phase) AS phase,
        bool_or(is_in_totals) AS is_in_totals,
        min(census) AS first_census,
        max(census) AS last_census
    FROM mart.fct_census_school
    WHERE series_urn IS NOT NULL
    GROUP BY series_urn
),

edge AS (
    SELECT min(first_census) AS first_census, max(last_census) AS last_census
    FROM span
),

unlinked AS (
    SELECT
        years.academic_year,
        span.series_urn,
        span.la_code,
        span.phase,
        span.is_in_totals,
        span.last_census < edge.last_census
        AND span.last_census BETWEEN years.first_term - 1 AND years.first_term + 3 AS is_about_the_change
    FROM (SELECT DISTINCT academic_year, first_year_in(academic_year) * 3 AS first_term FROM mart.census_table) AS years
    CROSS JOIN edge
    INNER JOIN span
        ON span.last_census < edge.last_census
        OR (
            span.first_census > edge.first_census
            AND EXISTS (SELECT 1 FROM span AS closed WHERE closed.last_census < span.first_census)
        )
    WHERE NOT EXISTS (SELECT 1 FROM mart.dim_school_link)
),

of_school AS (
    SELECT absent.academic_year, absent.about, absent.series_urn, absent.la_code, absent.phase, absent.is_in_totals, 1 AS missing, 0 AS events, 0 AS lost, 0 AS unlinked, 0 AS from_log, TRUE AS is_of_all, census.name
    FROM absent
    INNER JOIN census ON census.census = absent.census
    UNION ALL
    SELECT academic_year, 'suspension', series_urn, la_code, phase, is_in_totals, 0, events, 0, 0, 0, TRUE, CAST(NULL AS VARCHAR)
    FROM kept
    UNION ALL
    SELECT event_year, 'suspension', series_urn, la_code, phase, is_in_totals, 0, 0, 1, 0, 0, TRUE, CAST(NULL AS VARCHAR)
    FROM mart.suspension_without_pupil
    UNION ALL
    SELECT academic_year, 'suspension', series_urn, la_code, phase, is_in_totals, 0, 0, 0, 0, events, TRUE, CAST(NULL AS VARCHAR)
    FROM from_log
    UNION ALL
    SELECT academic_year, subject.about, series_urn, la_code, phase, is_in_totals, 0, 0, 0, 1, 0, is_about_the_change, CAST(NULL AS VARCHAR)
    FROM unlinked
    CROSS JOIN (VALUES ('roll'), ('need'), ('links'), ('suspension'), ('absence')) AS subject (about)
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
    SELECT academic_year, about, 'school' AS geography_level, series_urn AS geography_code, 'total' AS breakdown, missing, events, lost, unlinked, from_log, name
    FROM of_school
    UNION ALL
    SELECT academic_year, about, 'authority', la_code, 'any', missing, events, lost, unlinked, from_log, name
    FROM of_school
    WHERE is_of_all
    UNION ALL
    SELECT academic_year, about, 'authority', la_code, 'total', missing, events, lost, unlinked, from_log, name
    FROM of_school
    WHERE is_of_all
        AND is_in_totals
    UNION ALL
    SELECT academic_year, about, 'authority', la_code, 'phase=' || phase, missing, events, lost, unlinked, from_log, name
    FROM of_school
    WHERE is_of_all
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
        sum(unlinked) AS unlinked,
        sum(from_log) AS from_log,
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
        COALESCE(common.autumn, '')
            || COALESCE(common.spring, '')
            || COALESCE(common.summer, '')
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
                WHEN COALESCE(own.from_log, 0) > 0
                    THEN '; provisional: ' || CAST(CAST(own.from_log AS BIGINT) AS VARCHAR) || ' suspensions or exclusions are known from the authority''s own log alone'
                ELSE ''
            END
            || CASE
                WHEN COALESCE(own.lost, 0) > 0
                    THEN '; partial: ' || CAST(own.lost AS VARCHAR) || ' suspensions or exclusions lead to no pupil of their census and are left out'
                ELSE ''
            END
            || CASE
                WHEN COALESCE(own.unlinked, 0) = 0 THEN ''
                WHEN place.geography_level = 'school' THEN '; partial: no link of GIAS (gias_links) is here, which would say what the school became, or was'
                ELSE '; partial: no link of GIAS (gias_links) is here, which would say what schools that closed became: ' || CAST(own.unlinked AS VARCHAR)
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

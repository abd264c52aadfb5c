/*
title = "Suspensions and exclusions of an academic year, added up for each school, phase and authority, with the pupils that they are divided by"
grain = "one school, or one authority, or one phase of one authority, in one academic year"
key = ["academic_year", "geography_level", "geography_code", "breakdown"]
reads = ["census_mark", "dim_authority", "dim_roll_year", "dim_school_series", "fct_school_year", "fct_suspension_counted"]

[columns]
academic_year = "Academic year as in fct_school_year, and one that has begun of which the authority's own log tells and no January census: see dim_roll_year."
geography_level = "school or authority."
geography_code = "Unique reference number under which the school's figures stand, or three-digit authority code."
geography_name = "As GIAS and the published files name it; NULL where they do not."
breakdown = "total, or phase=primary and the like, of the authority. The total has no referral units, nurseries and others; each is a phase of its own."
pupils = "Pupils on roll in January, sole and dual main registrations (number); NULL where there is none that may stand below."
roll_year = "Academic year of that January, where it is not the year's own."
suspensions = "Suspensions that began in the year, lunchtimes among them (number); NULL where nothing tells any of the year."
suspended_enrolments = "Enrolments with one or more of them (number): a pupil counts at each school."
repeat_enrolments = "Of these, those with two or more (number)."
sessions_lost = "Half days of these suspensions, as last reported (number)."
permanent_exclusions = "Permanent exclusions of the year that still stand (number)."
suspension_mark = "What to know beside these figures."
*/
WITH begun AS (
    SELECT academic_year, roll_year
    FROM mart.dim_roll_year
    WHERE NOT is_own
),

-- A year whose January has not come: what the log tells, over the pupils of the last January at the same places.
part AS (
    SELECT
        begun.academic_year, begun.roll_year, year.geography_level, year.geography_code, year.breakdown,
        year.pupils, 0 AS suspensions, 0 AS suspended_enrolments, 0 AS repeat_enrolments, 0 AS sessions_lost, 0 AS permanent_exclusions
    FROM begun
    INNER JOIN mart.fct_school_year AS year ON year.academic_year = begun.roll_year
    UNION ALL
    SELECT
        begun.academic_year, begun.roll_year, event.geography_level, event.geography_code, event.breakdown, 0,
        CASE WHEN event.category = 'PERM' THEN 0 ELSE 1 END,
        CASE WHEN event.number_of_enrolment = 1 THEN 1 ELSE 0 END,
        CASE WHEN event.number_of_enrolment = 2 THEN 1 ELSE 0 END,
        CASE WHEN event.category = 'PERM' THEN 0 ELSE COALESCE(event.sessions, 0) END,
        CASE WHEN event.category = 'PERM' THEN 1 ELSE 0 END
    FROM begun
    INNER JOIN mart.fct_suspension_counted AS event ON event.academic_year = begun.academic_year
    WHERE event.breakdown = 'total'
        OR event.breakdown LIKE 'phase=%'
),

so_far AS (
    SELECT
        academic_year,
        max(roll_year) AS roll_year,
        geography_level,
        geography_code,
        breakdown,
        sum(pupils) AS pupils,
        sum(suspensions) AS suspensions,
        sum(suspended_enrolments) AS suspended_enrolments,
        sum(repeat_enrolments) AS repeat_enrolments,
        sum(sessions_lost) AS sessions_lost,
        sum(permanent_exclusions) AS permanent_exclusions
    FROM part
    GROUP BY academic_year, geography_level, geography_code, breakdown
),

told AS (
    SELECT
        academic_year, geography_level, geography_code, geography_name, breakdown, pupils, CAST(NULL AS VARCHAR) AS roll_year,
        suspensions, suspended_enrolments, repeat_enrolments, sessions_lost, permanent_exclusions, suspension_mark
    FROM mart.fct_school_year
    WHERE academic_year NOT IN (SELECT begun.academic_year FROM begun)
    UNION ALL
    SELECT
        so_far.academic_year,
        so_far.geography_level,
        so_far.geography_code,
        COALESCE(series.series_name, authority.name),
        so_far.breakdown,
        CAST(so_far.pupils AS BIGINT),
        so_far.roll_year,
        CAST(so_far.suspensions AS BIGINT),
        CAST(so_far.suspended_enrolments AS BIGINT),
        CAST(so_far.repeat_enrolments AS BIGINT),
        CAST(so_far.sessions_lost AS BIGINT),
        CAST(so_far.permanent_exclusions AS BIGINT),
        january.mark || COALESCE('; ' || known.mark, '')
    FROM so_far
    INNER JOIN mart.dim_roll_year AS january ON january.academic_year = so_far.academic_year
    LEFT JOIN mart.dim_school_series AS series
        ON series.urn = so_far.geography_code
        AND so_far.geography_level = 'school'
    LEFT JOIN mart.dim_authority AS authority
        ON authority.la_code = so_far.geography_code
        AND authority.is_current
        AND so_far.geography_level = 'authority'
    LEFT JOIN mart.census_mark AS known
        ON known.academic_year = so_far.academic_year
        AND known.about = 'suspension'
        AND known.geography_level = so_far.geography_level
        AND known.geography_code = so_far.geography_code
        AND known.breakdown = so_far.breakdown
)

SELECT
    academic_year,
    geography_level,
    geography_code,
    geography_name,
    breakdown,
    pupils,
    roll_year,
    suspensions,
    suspended_enrolments,
    repeat_enrolments,
    sessions_lost,
    permanent_exclusions,
    suspension_mark
FROM told
ORDER BY
    academic_year NULLS LAST,
    geography_level NULLS LAST,
    geography_code NULLS LAST,
    breakdown NULLS LAST

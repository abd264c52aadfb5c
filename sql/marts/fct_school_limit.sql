/*
title = "Each school against the limits of its phase: pupils suspended, suspended again, permanently excluded"
grain = "one measure of one school in one academic year, of schools that count in totals"
key = ["academic_year", "measure", "series_urn"]
reads = ["fct_school_year"]

[columns]
academic_year = "Academic year."
measure = "one_plus: enrolments suspended of pupils in January; repeat: of these enrolments, those suspended twice or more; permanent: permanent exclusions of pupils in January."
series_urn = "Unique reference number under which the school's figures stand through the years."
name = "Name of that school; NULL where GIAS has not said."
la_code = "Three-digit authority code."
phase = "Phase that the school counts under."
schools = "Schools of the phase that are compared (number)."
events = "What is counted (number)."
base = "What it is counted of (number)."
rate = "Share of the school (0 to 1; above 1 counts as 1)."
phase_rate = "Share of all schools of the phase together."
difference = "How far the school is from the phase on the scale of arc sines: asin(√rate) - asin(√phase rate)."
standard_error = "Standard error of that difference, with what schools differ beyond chance (τ) in it."
lower_95 = "Lower limit of the share, passed by chance once in 40."
upper_95 = "Upper limit of the share, passed by chance once in 40."
lower_998 = "Lower limit of the share, passed by chance once in 1,000."
upper_998 = "Upper limit of the share, passed by chance once in 1,000."
why_none = "Why the school has no limits; NULL where it has: five schools are needed, with somebody counted and not everybody. Where nobody of the school was suspended there is no row, unless suspensions are not told in full."
mark = "What to know beside it and its phase: see census_mark."
*/
-- Spiegelhalter, Statistics in Medicine 24 (2005) 1185, as FunnelPlotR reckons it for proportions: arc sine of the root, an
-- additive variance between schools by DerSimonian and Laird, its z-scores drawn in to the 10th and 90th of a hundred.
WITH counted AS (
    SELECT
        year.academic_year,
        measured.measure,
        year.geography_code AS series_urn,
        year.geography_name AS name,
        year.la_code,
        year.phase,
        CAST(CASE measured.measure
            WHEN 'one_plus' THEN year.suspended_enrolments
            WHEN 'repeat' THEN year.repeat_enrolments
            ELSE year.permanent_exclusions
        END AS DOUBLE) AS events,
        CAST(CASE measured.measure WHEN 'repeat' THEN year.suspended_enrolments ELSE year.pupils END AS DOUBLE) AS base,
        -- What is not told of a school of the phase moves the limits of all.
        COALESCE(together.suspension_mark, year.suspension_mark) AS mark
    FROM mart.fct_school_year AS year
    LEFT JOIN mart.fct_school_year AS together
        ON together.academic_year = year.academic_year
        AND together.geography_level = 'authority'
        AND together.geography_code = year.la_code
        AND together.breakdown = 'phase=' || year.phase
    CROSS JOIN (VALUES ('one_plus'), ('repeat'), ('permanent')) AS measured (measure)
    WHERE year.geography_level = 'school'
        AND year.is_in_totals
        AND year.pupils > 0
        AND year.suspensions IS NOT NULL
),

school AS (
    SELECT counted.*, CASE WHEN events > base THEN 1.0 ELSE events / NULLIF(base, 0) END AS rate
    FROM counted
    WHERE base > 0
),

whole AS (
    SELECT
        academic_year,
        measure,
        la_code,
        phase,
        count(*) AS schools,
        sum(base) AS bases,
        sum(base * base) AS bases_squared,
        sum(CASE WHEN events > base THEN base ELSE events END) / NULLIF(sum(base), 0) AS phase_rate
    FROM school
    GROUP BY academic_year, measure, la_code, phase
),

scored AS (
    SELECT
        school.*,
        whole.schools,
        whole.bases,
        whole.bases_squared,
        whole.phase_rate,
        asin(sqrt(school.rate)) - asin(sqrt(whole.phase_rate)) AS difference,
        (asin(sqrt(school.rate)) - asin(sqrt(whole.phase_rate))) * 2 * sqrt(school.base) AS z
    FROM school
    INNER JOIN whole
        ON whole.academic_year = school.academic_year
        AND whole.measure = school.measure
        AND whole.la_code = school.la_code
        AND whole.phase = school.phase
),

bound AS (
    SELECT
        academic_year,
        measure,
        la_code,
        phase,
        percentile_cont(0.1) WITHIN GROUP (ORDER BY z NULLS LAST) AS low,
        percentile_cont(0.9) WITHIN GROUP (ORDER BY z NULLS LAST) AS high
    FROM scored
    GROUP BY academic_year, measure, la_code, phase
),

drawn_in AS (
    SELECT
        scored.*,
        CASE WHEN scored.z < bound.low THEN bound.low WHEN scored.z > bound.high THEN bound.high ELSE scored.z END AS z_drawn_in
    FROM scored
    INNER JOIN bound
        ON bound.academic_year = scored.academic_year
        AND bound.measure = scored.measure
        AND bound.la_code = scored.la_code
        AND bound.phase = scored.phase
),

-- Squares in whole millionths: a sum of doubles would hang on the order of the rows.
spread AS (
    SELECT
        academic_year,
        measure,
        la_code,
        phase,
        (CAST(sum(CAST(round(1000000 * z_drawn_in * z_drawn_in) AS BIGINT)) AS DOUBLE) * 0.000001 - CAST(max(schools) - 1 AS DOUBLE))
            / NULLIF(4 * max(bases) - 4 * max(bases_squared) / NULLIF(max(bases), 0), 0) AS variance
    FROM drawn_in
    GROUP BY academic_year, measure, la_code, phase
),

limited AS (
    SELECT
        scored.*,
        sqrt(1 / NULLIF(4 * scored.base, 0) + CASE WHEN spread.variance > 0 THEN spread.variance ELSE 0 END) AS standard_error,
        asin(sqrt(scored.phase_rate)) AS target,
        CASE
            WHEN scored.schools < 5
                THEN 'no source: five schools of the phase are needed, and there are ' || CAST(scored.schools AS VARCHAR)
            WHEN scored.phase_rate = 0 THEN 'no source: nobody of the phase is counted'
            WHEN scored.phase_rate >= 1 THEN 'no source: everybody of the phase is counted'
        END AS why_none
    FROM scored
    INNER JOIN spread
        ON spread.academic_year = scored.academic_year
        AND spread.measure = scored.measure
        AND spread.la_code = scored.la_code
        AND spread.phase = scored.phase
),

-- Limits stay within 0 and 1: half a turn of the sine is all that there is.
placed AS (
    SELECT
        limited.*,
        CASE WHEN target - 1.959964 * standard_error < 0 THEN 0.0 ELSE target - 1.959964 * standard_error END AS below_95,
        CASE WHEN target + 1.959964 * standard_error > 1.570796 THEN 1.570796 ELSE target + 1.959964 * standard_error END AS above_95,
        CASE WHEN target - 3.090232 * standard_error < 0 THEN 0.0 ELSE target - 3.090232 * standard_error END AS below_998,
        CASE WHEN target + 3.090232 * standard_error > 1.570796 THEN 1.570796 ELSE target + 3.090232 * standard_error END AS above_998
    FROM limited
)

SELECT
    academic_year,
    measure,
    series_urn,
    name,
    la_code,
    phase,
    CAST(schools AS BIGINT) AS schools,
    CAST(events AS BIGINT) AS events,
    CAST(base AS BIGINT) AS base,
    rate,
    phase_rate,
    CASE WHEN why_none IS NULL THEN difference END AS difference,
    CASE WHEN why_none IS NULL THEN standard_error END AS standard_error,
    CASE WHEN why_none IS NULL THEN sin(below_95) * sin(below_95) END AS lower_95,
    CASE WHEN why_none IS NULL THEN sin(above_95) * sin(above_95) END AS upper_95,
    CASE WHEN why_none IS NULL THEN sin(below_998) * sin(below_998) END AS lower_998,
    CASE WHEN why_none IS NULL THEN sin(above_998) * sin(above_998) END AS upper_998,
    why_none,
    mark
FROM placed
UNION ALL
-- Nobody to divide by, as far as is told.
SELECT
    academic_year,
    measure,
    series_urn,
    name,
    la_code,
    phase,
    CAST(NULL AS BIGINT) AS schools,
    CAST(events AS BIGINT) AS events,
    CAST(base AS BIGINT) AS base,
    CAST(NULL AS DOUBLE) AS rate,
    CAST(NULL AS DOUBLE) AS phase_rate,
    CAST(NULL AS DOUBLE) AS difference,
    CAST(NULL AS DOUBLE) AS standard_error,
    CAST(NULL AS DOUBLE) AS lower_95,
    CAST(NULL AS DOUBLE) AS upper_95,
    CAST(NULL AS DOUBLE) AS lower_998,
    CAST(NULL AS DOUBLE) AS upper_998,
    'no source: no suspension of the school is told; ' || mark AS why_none,
    mark
FROM counted
WHERE base = 0
    AND mark IS NOT NULL
ORDER BY academic_year NULLS LAST, measure NULLS LAST, series_urn NULLS LAST

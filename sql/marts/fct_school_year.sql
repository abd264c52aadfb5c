/*
title = "Pupils, suspensions, absence and needs of an academic year, added up for each school, phase and authority"
grain = "one school, or one authority, or one phase of one authority, in one academic year"
key = ["academic_year", "geography_level", "geography_code", "breakdown"]
reads = ["dim_authority", "dim_school_series", "fct_absence", "fct_roll", "fct_suspension"]

[columns]
academic_year = "Academic year; only those with a spring census."
geography_level = "school or authority."
geography_code = "Unique reference number under which the school's figures stand, or three-digit authority code."
geography_name = "As GIAS and the published files name it; NULL where they do not."
la_code = "Three-digit authority code; of a school, the one that its figures stand under."
phase = "Phase of the school; NULL for an authority."
breakdown = "total, or phase=primary and the like, of the authority."
pupils = "Pupils on roll in the January census, sole and dual main registrations (number)."
sen_support = "Of these, with SEN support (number)."
plans = "Of these, with an education, health and care plan (number)."
suspensions = "Suspensions that began in the year, lunchtimes among them (number)."
suspended_enrolments = "Enrolments with one or more of them (number): a pupil counts at each school."
sessions_lost = "Half days of these suspensions, as last reported (number)."
permanent_exclusions = "Permanent exclusions of the year that still stand (number)."
absence_enrolments = "Enrolments aged 5 to 15 with possible sessions, without those that began in the second half of the summer term (number)."
persistently_absent = "Of these, those that missed a tenth or more of their possible sessions (number)."
severely_absent = "Of these, those that missed half or more (number)."
part_time_enrolments = "Of these, those with a session of a part-time timetable (number): none is known of before 2024/25."
off_site_enrolments = "Of these, those with a session of education off site or provision that the authority arranged (number)."
*/
WITH year_known AS (
    SELECT DISTINCT academic_year
    FROM mart.fct_roll
    WHERE term = 'spring'
),

enrolment_suspended AS (
    SELECT
        academic_year,
        la_code,
        series_urn,
        min(phase) AS phase
    FROM mart.fct_suspension
    WHERE category <> 'PERM'
    GROUP BY academic_year, la_code, series_urn, pupil
),

part AS (
    SELECT
        academic_year,
        la_code,
        series_urn,
        phase,
        1 AS pupils,
        CASE WHEN sen_provision = 'K' THEN 1 ELSE 0 END AS sen_support,
        CASE WHEN sen_provision = 'E' THEN 1 ELSE 0 END AS plans,
        0 AS suspensions,
        0 AS suspended_enrolments,
        0 AS sessions_lost,
        0 AS permanent_exclusions,
        0 AS absence_enrolments,
        0 AS persistently_absent,
        0 AS severely_absent,
        0 AS part_time_enrolments,
        0 AS off_site_enrolments
    FROM mart.fct_roll
    WHERE term = 'spring'
        AND is_headcount
    UNION ALL
    SELECT
        academic_year,
        la_code,
        series_urn,
        phase,
        0,
        0,
        0,
        CASE WHEN category = 'PERM' THEN 0 ELSE 1 END,
        0,
        CASE WHEN category = 'PERM' THEN 0 ELSE COALESCE(sessions, 0) END,
        CASE WHEN category = 'PERM' THEN 1 ELSE 0 END,
        0,
        0,
        0,
        0,
        0
    FROM mart.fct_suspension
    UNION ALL
    SELECT academic_year, la_code, series_urn, phase, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0
    FROM enrolment_suspended
    UNION ALL
    SELECT
        academic_year,
        la_code,
        series_urn,
        phase,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        1,
        CASE WHEN sessions_absent * 10 >= sessions_possible THEN 1 ELSE 0 END,
        CASE WHEN sessions_absent * 2 >= sessions_possible THEN 1 ELSE 0 END,
        CASE WHEN sessions_part_time > 0 THEN 1 ELSE 0 END,
        CASE WHEN sessions_off_site > 0 THEN 1 ELSE 0 END
    FROM mart.fct_absence
    WHERE age BETWEEN 5 AND 15
        AND sessions_possible > 0
        AND NOT came_late
),

placed AS (
    SELECT 'authority' AS geography_level, la_code AS geography_code, 'total' AS breakdown, part.* FROM part
    UNION ALL
    SELECT 'authority' AS geography_level, la_code AS geography_code, 'phase=' || phase AS breakdown, part.* FROM part
    UNION ALL
    SELECT 'school' AS geography_level, series_urn AS geography_code, 'total' AS breakdown, part.* FROM part
)

SELECT
    placed.academic_year,
    placed.geography_level,
    placed.geography_code,
    min(COALESCE(series.series_name, authority.name)) AS geography_name,
    min(placed.la_code) AS la_code,
    CASE WHEN placed.geography_level = 'school' THEN min(placed.phase) END AS phase,
    placed.breakdown,
    CAST(sum(placed.pupils) AS BIGINT) AS pupils,
    CAST(sum(placed.sen_support) AS BIGINT) AS sen_support,
    CAST(sum(placed.plans) AS BIGINT) AS plans,
    CAST(sum(placed.suspensions) AS BIGINT) AS suspensions,
    CAST(sum(placed.suspended_enrolments) AS BIGINT) AS suspended_enrolments,
    CAST(sum(placed.sessions_lost) AS BIGINT) AS sessions_lost,
    CAST(sum(placed.permanent_exclusions) AS BIGINT) AS permanent_exclusions,
    CAST(sum(placed.absence_enrolments) AS BIGINT) AS absence_enrolments,
    CAST(sum(placed.persistently_absent) AS BIGINT) AS persistently_absent,
    CAST(sum(placed.severely_absent) AS BIGINT) AS severely_absent,
    CAST(sum(placed.part_time_enrolments) AS BIGINT) AS part_time_enrolments,
    CAST(sum(placed.off_site_enrolments) AS BIGINT) AS off_site_enrolments
FROM placed
INNER JOIN year_known ON year_known.academic_year = placed.academic_year
LEFT JOIN mart.dim_school_series AS series
    ON series.urn = placed.geography_code
    AND placed.geography_level = 'school'
LEFT JOIN mart.dim_authority AS authority
    ON authority.la_code = placed.geography_code
    AND authority.is_current
    AND placed.geography_level = 'authority'
GROUP BY placed.academic_year, placed.geography_level, placed.geography_code, placed.breakdown
ORDER BY
    placed.academic_year NULLS LAST,
    placed.geography_level NULLS LAST,
    placed.geography_code NULLS LAST,
    placed.breakdown NULLS LAST

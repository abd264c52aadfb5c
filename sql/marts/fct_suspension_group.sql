/*
title = "Suspensions and permanent exclusions of an academic year by the pupil's SEN provision, by primary need, and by reason: schools that count in totals"
grain = "one group of one authority in one academic year"
key = ["academic_year", "la_code", "breakdown"]
reads = ["census_mark", "dim_authority", "dim_roll_year", "fct_roll", "fct_suspension_counted", "fct_suspension_year"]

[columns]
academic_year = "Academic year with a January census, or with one that stands in for it: see dim_roll_year."
la_code = "Three-digit authority code."
la_name = "As GIAS and the published files name it; NULL where they do not."
breakdown = "sen=N, K or E: of a suspension at its start, of the roll in January. need=SEMH and the like: the primary need in January, of pupils with SEN support or a plan; need=not told, those of whom no need came, where the table of needs did not. reason=PP and the like: whichever of a suspension's reasons."
pupils = "Pupils on roll in the January census in the group, sole and dual main registrations; for a reason, all pupils of the authority (number)."
roll_year = "Academic year of that January, where it is not the year's own."
suspensions = "Suspensions that began in the year, lunchtimes among them (number). One with three reasons counts under each: reasons add up to more than the total."
suspended_enrolments = "Enrolments with one or more of them (number): a pupil counts at each school, and in each group in which a suspension found the pupil."
permanent_exclusions = "Permanent exclusions of the year that still stand (number)."
mark = "What to know beside these figures: see census_mark."
*/
WITH january AS (
    SELECT of_year.academic_year, roll.la_code, roll.sen_provision, roll.primary_need
    FROM mart.dim_roll_year AS of_year
    INNER JOIN mart.fct_roll AS roll ON roll.academic_year = of_year.roll_year
    WHERE roll.term = 'spring'
        AND roll.is_headcount
        AND roll.is_in_totals
),

whole AS (
    SELECT academic_year, la_code, count(*) AS pupils
    FROM january
    GROUP BY academic_year, la_code
),

part AS (
    SELECT academic_year, la_code, 'sen=' || sen_provision AS breakdown, 1 AS pupils, 0 AS suspensions, 0 AS suspended_enrolments, 0 AS permanent_exclusions
    FROM january
    WHERE sen_provision IS NOT NULL
    UNION ALL
    SELECT academic_year, la_code, 'need=' || COALESCE(primary_need, 'not told'), 1, 0, 0, 0
    FROM january
    WHERE primary_need IS NOT NULL
        OR sen_provision IN ('K', 'E')
    UNION ALL
    SELECT
        academic_year,
        geography_code,
        breakdown,
        0,
        CASE WHEN category = 'PERM' THEN 0 ELSE 1 END,
        CASE WHEN number_of_enrolment = 1 THEN 1 ELSE 0 END,
        CASE WHEN category = 'PERM' THEN 1 ELSE 0 END
    FROM mart.fct_suspension_counted
    WHERE geography_level = 'authority'
        AND breakdown <> 'total'
        AND breakdown NOT LIKE 'phase=%'
),

summed AS (
    SELECT
        academic_year,
        la_code,
        breakdown,
        sum(pupils) AS pupils,
        sum(suspensions) AS suspensions,
        sum(suspended_enrolments) AS suspended_enrolments,
        sum(permanent_exclusions) AS permanent_exclusions
    FROM part
    GROUP BY academic_year, la_code, breakdown
)

SELECT
    summed.academic_year,
    summed.la_code,
    authority.name AS la_name,
    summed.breakdown,
    CAST(CASE WHEN summed.breakdown LIKE 'reason=%' THEN whole.pupils ELSE summed.pupils END AS BIGINT) AS pupils,
    total.roll_year,
    CASE WHEN total.suspensions IS NOT NULL THEN CAST(summed.suspensions AS BIGINT) END AS suspensions,
    CASE WHEN total.suspensions IS NOT NULL THEN CAST(summed.suspended_enrolments AS BIGINT) END AS suspended_enrolments,
    CASE WHEN total.suspensions IS NOT NULL THEN CAST(summed.permanent_exclusions AS BIGINT) END AS permanent_exclusions,
    CASE
        WHEN summed.breakdown NOT LIKE 'need=%' OR need.mark IS NULL THEN total.suspension_mark
        WHEN total.suspension_mark IS NULL THEN need.mark
        ELSE need.mark || '; ' || total.suspension_mark
    END AS mark
FROM summed
INNER JOIN whole
    ON whole.academic_year = summed.academic_year
    AND whole.la_code = summed.la_code
LEFT JOIN mart.fct_suspension_year AS total
    ON total.academic_year = summed.academic_year
    AND total.geography_level = 'authority'
    AND total.geography_code = summed.la_code
    AND total.breakdown = 'total'
LEFT JOIN mart.census_mark AS need
    ON need.academic_year = COALESCE(total.roll_year, summed.academic_year)
    AND need.about = 'need'
    AND need.geography_level = 'authority'
    AND need.geography_code = summed.la_code
    AND need.breakdown = 'total'
LEFT JOIN mart.dim_authority AS authority
    ON authority.la_code = summed.la_code
    AND authority.is_current
WHERE summed.breakdown <> 'need=not told'
    OR need.mark IS NOT NULL
ORDER BY summed.academic_year NULLS LAST, summed.la_code NULLS LAST, summed.breakdown NULLS LAST

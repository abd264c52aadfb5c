/*
title = "Schools that a census lacks: they were in the census before, and are not closed"
grain = "one school (series) in one school census that lacks it"
key = ["academic_year", "term", "series_urn"]
reads = ["dim_school", "fct_census_school"]

[columns]
academic_year = "Academic year of the census."
term = "Term of the census: autumn, spring or summer."
census = "Position of the census in time: academic year × 3 + 0 autumn, 1 spring, 2 summer."
series_urn = "Unique reference number under which the school's figures stand through the years."
name = "Name of the school as the census before says it."
la_code = "Three-digit authority code."
phase = "Phase of the school."
pupils_before = "Pupils on its roll in the census before (number): what the figures of this census lack."
*/
WITH census AS (
    SELECT census, min(academic_year) AS academic_year, min(term) AS term, max(reference_date) AS reference_date
    FROM mart.fct_census_school
    GROUP BY census
),

before AS (
    SELECT
        series_urn,
        census,
        min(name) AS name,
        min(la_code) AS la_code,
        min(phase) AS phase
    FROM mart.fct_census_school
    GROUP BY series_urn, census
),

pupils AS (
    SELECT school.series_urn, school.census, count(*) AS pupils
    FROM conformed.school_census_pupil_on_roll AS roll
    INNER JOIN mart.fct_census_school AS school
        ON school.academic_year = roll.academic_year
        AND school.term = roll.term
        AND school.native_id = roll.native_id
    WHERE NOT roll._superseded
    GROUP BY school.series_urn, school.census
)

SELECT
    census.academic_year,
    census.term,
    census.census,
    before.series_urn,
    before.name,
    before.la_code,
    before.phase,
    COALESCE(pupils.pupils, 0) AS pupils_before
FROM census
INNER JOIN before ON before.census = census.census - 1
LEFT JOIN pupils
    ON pupils.series_urn = before.series_urn
    AND pupils.census = before.census
LEFT JOIN mart.dim_school AS school
    ON school.urn = before.series_urn
    AND school.is_current
WHERE NOT EXISTS (
    SELECT 1
    FROM before AS present
    WHERE present.census = census.census
        AND present.series_urn = before.series_urn
)
    AND COALESCE(school.close_date > census.reference_date, TRUE)
ORDER BY census.academic_year NULLS LAST, census.term NULLS LAST, before.series_urn NULLS LAST

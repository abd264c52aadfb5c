/*
title = "Schools that a census lacks: another census has them, and they were open"
grain = "one school (series) in one school census that lacks it"
key = ["academic_year", "term", "series_urn"]
reads = ["census_table", "dim_school", "fct_census_school"]

[columns]
academic_year = "Academic year of the census."
term = "Term of the census: autumn, spring or summer."
census = "Position of the census in time: academic year × 3 + 0 autumn, 1 spring, 2 summer."
series_urn = "Unique reference number under which the school's figures stand through the years."
name = "Name of the school as the nearest census says it."
la_code = "Three-digit authority code."
phase = "Phase that it counts under."
is_in_totals = "Whether figures of an authority count it: see dim_school."
lacks = "return: nothing of the school; pupils: its head, and none of its pupils (it had ten or more)."
pupils_before = "Pupils on its roll in the nearest census that has it (number): what the figures of this census lack."
*/
WITH census AS (
    SELECT school.census, min(school.academic_year) AS academic_year, min(school.term) AS term, max(school.reference_date) AS reference_date
    FROM mart.fct_census_school AS school
    INNER JOIN mart.census_table AS came
        ON came.census = school.census
        AND came.table_name = 'pupil_on_roll'
        AND came.tells
    GROUP BY school.census
),

told AS (
    SELECT
        series_urn,
        census,
        min(name) AS name,
        min(la_code) AS la_code,
        min(phase) AS phase,
        bool_or(is_in_totals) AS is_in_totals
    FROM mart.fct_census_school
    WHERE series_urn IS NOT NULL
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
),

known AS (
    SELECT told.*, COALESCE(pupils.pupils, 0) AS pupils
    FROM told
    LEFT JOIN pupils
        ON pupils.series_urn = told.series_urn
        AND pupils.census = told.census
),

-- The last census before that has the school; where none has, the first after: then GIAS must say that it was open already.
compared AS (
    SELECT
        census.census,
        census.academic_year,
        census.term,
        census.reference_date,
        known.series_urn,
        known.name,
        known.la_code,
        known.phase,
        known.is_in_totals,
        known.pupils,
        known.census > census.census AS is_later,
        row_number() OVER (
            PARTITION BY census.census, known.series_urn
            ORDER BY
                CASE WHEN known.census > census.census THEN 1 ELSE 0 END NULLS LAST,
                CASE WHEN known.census > census.census THEN known.census - census.census ELSE census.census - known.census END NULLS LAST
        ) AS choice
    FROM census
    INNER JOIN known ON known.census <> census.census
)

SELECT
    compared.academic_year,
    compared.term,
    compared.census,
    compared.series_urn,
    compared.name,
    compared.la_code,
    compared.phase,
    compared.is_in_totals,
    CASE WHEN present.series_urn IS NULL THEN 'return' ELSE 'pupils' END AS lacks,
    compared.pupils AS pupils_before
FROM compared
LEFT JOIN known AS present
    ON present.census = compared.census
    AND present.series_urn = compared.series_urn
LEFT JOIN mart.dim_school AS school
    ON school.urn = compared.series_urn
    AND school.is_current
WHERE compared.choice = 1
    AND (present.series_urn IS NULL OR (present.pupils = 0 AND compared.pupils >= 10))
    AND COALESCE(school.close_date > compared.reference_date, TRUE)
    AND (NOT compared.is_later OR school.open_date <= compared.reference_date)
ORDER BY compared.academic_year NULLS LAST, compared.term NULLS LAST, compared.series_urn NULLS LAST

/*
title = "Academic years that figures of suspensions speak of, and the January whose pupils stand below them"
grain = "one academic year"
key = ["academic_year"]
reads = ["fct_census_school", "fct_roll", "fct_suspension_log"]

[columns]
academic_year = "Academic year with a January census by the as-of date; and the one after the last of them, while no census from its January on is here and the authority's own log tells suspensions of it, or as of a day before its January census."
roll_year = "Academic year of that January: its own, or the one before."
is_own = "Whether the January is its own."
mark = "What a reader must know beside figures that are divided by the pupils of another January; NULL beside the others."
*/
WITH january AS (
    SELECT
        roll.academic_year,
        COALESCE(min(school.reference_date), day_of(first_year_in(roll.academic_year) + 1, 1, 1)) AS census_day
    FROM (
        SELECT DISTINCT academic_year
        FROM mart.fct_roll
        WHERE term = 'spring'
    ) AS roll
    LEFT JOIN mart.fct_census_school AS school
        ON school.academic_year = roll.academic_year
        AND school.term = 'spring'
    GROUP BY roll.academic_year
),

-- As of a day before its census nobody is counted yet.
counted AS (
    SELECT january.academic_year, generation.as_of
    FROM january
    CROSS JOIN meta.generation AS generation
    WHERE january.census_day <= generation.as_of
),

newest AS (
    SELECT year_label(max(first_year_in(academic_year)) + 1) AS academic_year, max(academic_year) AS roll_year, max(as_of) AS as_of
    FROM counted
)

SELECT academic_year, academic_year AS roll_year, TRUE AS is_own, CAST(NULL AS VARCHAR) AS mark
FROM counted
UNION ALL
SELECT
    newest.academic_year,
    newest.roll_year,
    FALSE AS is_own,
    'provisional: divided by the pupils of January ' || CAST(first_year_in(newest.roll_year) + 1 AS VARCHAR)
        || CASE
            WHEN january.census_day IS NULL THEN ', since no census of January ' || CAST(first_year_in(newest.academic_year) + 1 AS VARCHAR) || ' is in'
            ELSE ', since that of January ' || CAST(first_year_in(newest.academic_year) + 1 AS VARCHAR) || ' is later than ' || CAST(newest.as_of AS VARCHAR)
        END AS mark
FROM newest
LEFT JOIN january ON january.academic_year = newest.academic_year
WHERE (january.census_day IS NOT NULL AND day_of(first_year_in(newest.academic_year), 8, 1) <= newest.as_of)
    OR (
        EXISTS (
            SELECT 1 FROM mart.fct_suspension_log AS log
            WHERE log.academic_year = newest.academic_year
                AND log.census_says = 'nothing yet'
        )
        AND NOT EXISTS (
            SELECT 1 FROM mart.fct_census_school AS told
            WHERE told.census >= census_number(newest.academic_year, 'spring')
        )
    )
ORDER BY academic_year NULLS LAST

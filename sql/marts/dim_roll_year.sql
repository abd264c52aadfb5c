/*
title = "Academic years that figures of suspensions speak of, and the January whose pupils stand below them"
grain = "one academic year"
key = ["academic_year"]
reads = ["fct_census_school", "fct_roll", "fct_suspension_log"]

[columns]
academic_year = "Academic year with a January census; and the one after the last of them, while no census from its January on is here and the authority's own log tells suspensions of it."
roll_year = "Academic year of that January: its own, or the one before."
is_own = "Whether the January is its own."
mark = "What a reader must know beside figures that are divided by the pupils of another January; NULL beside the others."
*/
WITH january AS (
    SELECT DISTINCT academic_year
    FROM mart.fct_roll
    WHERE term = 'spring'
),

newest AS (
    SELECT year_label(max(first_year_in(academic_year)) + 1) AS academic_year, max(academic_year) AS roll_year
    FROM january
)

SELECT academic_year, academic_year AS roll_year, TRUE AS is_own, CAST(NULL AS VARCHAR) AS mark
FROM january
UNION ALL
SELECT
    academic_year,
    roll_year,
    FALSE AS is_own,
    'provisional: divided by the pupils of January ' || CAST(first_year_in(roll_year) + 1 AS VARCHAR)
        || ', since no census of January ' || CAST(first_year_in(academic_year) + 1 AS VARCHAR) || ' is in' AS mark
FROM newest
WHERE EXISTS (
        SELECT 1 FROM mart.fct_suspension_log AS log
        WHERE log.academic_year = newest.academic_year
            AND log.census_says = 'nothing yet'
    )
    AND NOT EXISTS (
        SELECT 1 FROM mart.fct_census_school AS told
        WHERE told.census >= census_number(newest.academic_year, 'spring')
    )
ORDER BY academic_year NULLS LAST

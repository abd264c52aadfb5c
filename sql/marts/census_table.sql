/*
title = "Which tables of each school census came, with what they hold"
grain = "one table of one school census of which anything came"
key = ["census", "table_name"]

[columns]
academic_year = "Academic year of the census, such as 2024/25."
term = "Term of the census: autumn, spring or summer."
census = "Position of the census in time: academic year × 3 + 0 autumn, 1 spring, 2 summer."
table_name = "The table, as in pipelines/school_census/tables."
file_part = "The end of the file's name as COLLECT gives it."
has_come = "Whether a file or sheet of it was read for this census, with the header alone too."
rows = "Records that stand (number); 0 where it did not come, or came empty."
*/
WITH expected AS (
    SELECT table_name, file_part, terms
    FROM (
        VALUES
            ('census_return', 'schoolcensus', 'autumn spring summer'),
            ('census_school', 'school', 'autumn spring summer'),
            ('pupil_on_roll', 'pupilonroll', 'autumn spring summer'),
            ('pupil_no_longer_on_roll', 'pupilnolongeronroll', 'autumn spring summer'),
            ('suspension_on_roll', 'termlyexclusionsonroll', 'autumn spring summer'),
            ('suspension_off_roll', 'termlyexclusionsoffroll', 'autumn spring summer'),
            ('sessions_on_roll', 'termlysessiondetailsonroll', 'autumn spring summer'),
            ('sessions_off_roll', 'termlysessiondetailsoffroll', 'autumn spring summer'),
            ('summer_second_half_sessions_on_roll', 'summerhalfterm2sessiondetailsonroll', 'autumn'),
            ('summer_second_half_sessions_off_roll', 'summerhalfterm2sessiondetailsoffroll', 'autumn'),
            ('sen_need', 'senneeds', 'spring')
    ) AS tables (table_name, file_part, terms)
),

came AS (
    SELECT academic_year, term, table_name, sum(rows - rows_superseded) AS rows
    FROM meta.arrival
    WHERE collection = 'school_census'
        AND academic_year IS NOT NULL
        AND term IS NOT NULL
    GROUP BY academic_year, term, table_name
),

census AS (
    SELECT DISTINCT academic_year, term
    FROM came
)

SELECT
    census.academic_year,
    census.term,
    CAST(left(census.academic_year, 4) AS BIGINT) * 3 + CASE census.term WHEN 'autumn' THEN 0 WHEN 'spring' THEN 1 ELSE 2 END AS census,
    expected.table_name,
    expected.file_part,
    came.table_name IS NOT NULL AS has_come,
    CAST(COALESCE(came.rows, 0) AS BIGINT) AS rows
FROM census
INNER JOIN expected ON expected.terms LIKE '%' || census.term || '%'
LEFT JOIN came
    ON came.academic_year = census.academic_year
    AND came.term = census.term
    AND came.table_name = expected.table_name
ORDER BY census NULLS LAST, expected.table_name NULLS LAST

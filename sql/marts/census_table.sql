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
is_blank = "Whether it came with the header alone, though other tables, or other censuses, say that there is something to tell."
tells = "Whether it can be counted on: it came, and is not blank."
is_reckoned = "Whether figures are made with it: it tells, or it is a blank table of the sessions of fewer than ten leavers who could attend: they may all have missed none. Such a figure has its mark all the same."
file_or_blank = "The end of the file's name, with ` (empty)` where it is blank: what a mark names."
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
),

-- Whether anybody on the roll has a need to tell of.
with_need AS (
    SELECT academic_year, term, count(*) AS with_need
    FROM conformed.school_census_pupil_on_roll
    WHERE NOT _superseded
        AND sen_provision IN ('K', 'E')
    GROUP BY academic_year, term
),

-- Leavers who could attend, whose sessions there are to tell.
gone AS (
    SELECT
        academic_year,
        term,
        sum(CASE WHEN sessions_possible > 0 THEN 1 ELSE 0 END) AS could_attend,
        sum(CASE WHEN summer_sessions_possible > 0 THEN 1 ELSE 0 END) AS could_attend_in_summer
    FROM conformed.school_census_pupil_no_longer_on_roll
    WHERE NOT _superseded
    GROUP BY academic_year, term
),

known AS (
    SELECT
        census.academic_year,
        census.term,
        census_number(census.academic_year, census.term) AS census,
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
),

-- What stands beside a table: in its census, before it, and in all.
beside AS (
    SELECT
        known.*,
        sum(CASE WHEN table_name = 'census_return' THEN rows ELSE 0 END) OVER (PARTITION BY census) AS heads,
        sum(CASE WHEN table_name = 'pupil_on_roll' THEN rows ELSE 0 END) OVER (PARTITION BY census) AS pupils,
        sum(CASE
            WHEN table_name IN ('suspension_off_roll', 'sessions_off_roll', 'summer_second_half_sessions_off_roll') THEN rows
            ELSE 0
        END) OVER (PARTITION BY census) AS told_of_gone,
        COALESCE(max(rows) OVER (
            PARTITION BY table_name ORDER BY census NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) AS most_before,
        sum(rows) OVER (PARTITION BY table_name) AS in_all,
        sum(CASE WHEN table_name = 'suspension_on_roll' THEN rows ELSE 0 END) OVER () AS suspensions_on_roll,
        sum(CASE WHEN table_name = 'suspension_off_roll' THEN rows ELSE 0 END) OVER () AS suspensions_off_roll
    FROM known
),

-- The header alone says that there is nothing to tell, and is believed, but not against what other tables say. Suspensions that
-- a census should tell again, and that a blank table leaves out, are told in fct_suspension_told.
judged AS (
    SELECT
        beside.*,
        CASE beside.table_name
            WHEN 'sessions_off_roll' THEN COALESCE(gone.could_attend, 0) < 10
            WHEN 'summer_second_half_sessions_off_roll' THEN COALESCE(gone.could_attend_in_summer, 0) < 10
            ELSE FALSE
        END AS may_be_none,
        has_come
        AND rows = 0
        AND CASE beside.table_name
            WHEN 'census_return' THEN pupils > 0
            WHEN 'pupil_on_roll' THEN heads > 0
            WHEN 'pupil_no_longer_on_roll' THEN told_of_gone > 0 OR most_before >= 10
            WHEN 'suspension_on_roll' THEN most_before >= 10 OR (in_all = 0 AND suspensions_off_roll >= 10)
            WHEN 'suspension_off_roll' THEN in_all = 0 AND suspensions_on_roll >= 100
            WHEN 'sessions_on_roll' THEN pupils > 0
            WHEN 'summer_second_half_sessions_on_roll' THEN pupils > 0
            WHEN 'sessions_off_roll' THEN
                COALESCE(gone.could_attend, 0) >= 10 OR (COALESCE(gone.could_attend, 0) > 0 AND in_all > 0)
            WHEN 'summer_second_half_sessions_off_roll' THEN
                COALESCE(gone.could_attend_in_summer, 0) >= 10
                OR (COALESCE(gone.could_attend_in_summer, 0) > 0 AND in_all > 0)
            WHEN 'sen_need' THEN COALESCE(with_need.with_need, 0) > 0
            ELSE FALSE
        END AS is_blank
    FROM beside
    LEFT JOIN with_need
        ON with_need.academic_year = beside.academic_year
        AND with_need.term = beside.term
    LEFT JOIN gone
        ON gone.academic_year = beside.academic_year
        AND gone.term = beside.term
)

SELECT
    academic_year,
    term,
    census,
    table_name,
    file_part,
    has_come,
    rows,
    is_blank,
    has_come AND NOT is_blank AS tells,
    has_come AND (NOT is_blank OR may_be_none) AS is_reckoned,
    file_part || CASE WHEN is_blank THEN ' (empty)' ELSE '' END AS file_or_blank
FROM judged
ORDER BY census NULLS LAST, table_name NULLS LAST

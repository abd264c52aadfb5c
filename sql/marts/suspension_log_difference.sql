/*
title = "What the authority's log has of suspensions and the censuses lack, the other way round, and where the two say otherwise"
grain = "one difference about one suspension, lunchtime suspension or permanent exclusion"
key = ["pupil", "series_urn", "start_date", "category", "what"]
reads = ["dim_school_series", "fct_suspension_log", "fct_suspension_told"]

[columns]
what = "not in the census: a census has told the school and the term without it. withdrawn: a census had it, and the next left it out. not in the log: a census has it, between the first and the last day of the year's log. sessions, reason: the two say otherwise."
pupil = "Pseudonym of the pupil, the same under every number."
series_urn = "Unique reference number under which the school's figures stand."
school_name = "Name of that school; NULL where GIAS has not said."
la_code = "Three-digit authority code of the school."
academic_year = "Academic year in which it counts."
start_date = "First day of the suspension, or day of the permanent exclusion."
category = "SUSP suspension, LNCH lunchtime suspension, PERM permanent exclusion."
in_log = "What the log says: sessions (half days), or the reason; NULL where it has nothing."
in_census = "What the last census says of the same; NULL where it has nothing."
other_day = "Where one of the two lacks it: the nearest day, within seven, on which that one alone has such an exclusion of this pupil at this school. Most likely the same one, with another day."
_delivery = "The delivery of the log's row; where the log has none, of the census's: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH year_of_log AS (
    SELECT academic_year, min(start_date) AS first_day, max(start_date) AS last_day
    FROM mart.fct_suspension_log
    GROUP BY academic_year
),

log_alone AS (
    SELECT *
    FROM mart.fct_suspension_log
    WHERE census_says IN ('not told', 'withdrawn')
),

census_alone AS (
    SELECT census.*
    FROM mart.fct_suspension_told AS census
    INNER JOIN year_of_log
        ON year_of_log.academic_year = census.academic_year
        AND census.start_date BETWEEN year_of_log.first_day AND year_of_log.last_day
    WHERE NOT census.has_vanished
        AND NOT EXISTS (
            SELECT 1
            FROM mart.fct_suspension_log AS log
            WHERE log.pupil = census.pupil
                AND log.series_urn = census.series_urn
                AND log.start_date = census.start_date
                AND log.category = census.category
        )
),

within_a_week AS (
    SELECT
        log_alone.pupil,
        log_alone.series_urn,
        log_alone.category,
        log_alone.start_date AS log_day,
        census_alone.start_date AS census_day,
        abs(days_between(log_alone.start_date, census_alone.start_date)) AS days_apart
    FROM log_alone
    INNER JOIN census_alone
        ON census_alone.pupil = log_alone.pupil
        AND census_alone.series_urn = log_alone.series_urn
        AND census_alone.category = log_alone.category
    WHERE abs(days_between(log_alone.start_date, census_alone.start_date)) <= 7
),

-- The first choice of either side is the nearest of the other.
near AS (
    SELECT
        within_a_week.*,
        row_number() OVER (
            PARTITION BY pupil, series_urn, category, log_day
            ORDER BY days_apart NULLS LAST, census_day NULLS LAST
        ) AS choice_of_log,
        row_number() OVER (
            PARTITION BY pupil, series_urn, category, census_day
            ORDER BY days_apart NULLS LAST, log_day NULLS LAST
        ) AS choice_of_census
    FROM within_a_week
),

in_both AS (
    SELECT
        log.pupil,
        log.series_urn,
        log.la_code,
        log.academic_year,
        log.start_date,
        log.category,
        log.sessions AS log_sessions,
        census.sessions AS census_sessions,
        log.reason_1 AS log_reason,
        census.reason_1,
        census.reason_2,
        census.reason_3,
        log._delivery,
        log._sheet,
        log._row
    FROM mart.fct_suspension_log AS log
    INNER JOIN mart.fct_suspension_told AS census
        ON census.pupil = log.pupil
        AND census.series_urn = log.series_urn
        AND census.start_date = log.start_date
        AND census.category = log.category
    WHERE log.census_says = 'told'
),

difference AS (
    SELECT
        CASE log_alone.census_says WHEN 'withdrawn' THEN 'withdrawn' ELSE 'not in the census' END AS what,
        log_alone.pupil,
        log_alone.series_urn,
        log_alone.la_code,
        log_alone.academic_year,
        log_alone.start_date,
        log_alone.category,
        CAST(log_alone.sessions AS VARCHAR) AS in_log,
        CAST(NULL AS VARCHAR) AS in_census,
        near.census_day AS other_day,
        log_alone._delivery,
        log_alone._sheet,
        log_alone._row
    FROM log_alone
    LEFT JOIN near
        ON near.pupil = log_alone.pupil
        AND near.series_urn = log_alone.series_urn
        AND near.category = log_alone.category
        AND near.log_day = log_alone.start_date
        AND near.choice_of_log = 1
    UNION ALL
    SELECT
        'not in the log',
        census_alone.pupil,
        census_alone.series_urn,
        census_alone.la_code,
        census_alone.academic_year,
        census_alone.start_date,
        census_alone.category,
        CAST(NULL AS VARCHAR),
        CAST(census_alone.sessions AS VARCHAR),
        near.log_day,
        census_alone._delivery,
        census_alone._sheet,
        census_alone._row
    FROM census_alone
    LEFT JOIN near
        ON near.pupil = census_alone.pupil
        AND near.series_urn = census_alone.series_urn
        AND near.category = census_alone.category
        AND near.census_day = census_alone.start_date
        AND near.choice_of_census = 1
    UNION ALL
    -- A permanent exclusion has no length.
    SELECT
        'sessions', pupil, series_urn, la_code, academic_year, start_date, category,
        CAST(log_sessions AS VARCHAR), CAST(census_sessions AS VARCHAR), CAST(NULL AS DATE), _delivery, _sheet, _row
    FROM in_both
    WHERE category <> 'PERM'
        AND log_sessions <> census_sessions
    UNION ALL
    -- A census has up to three reasons, and the log one.
    SELECT
        'reason', pupil, series_urn, la_code, academic_year, start_date, category,
        log_reason, reason_1, CAST(NULL AS DATE), _delivery, _sheet, _row
    FROM in_both
    WHERE reason_1 IS NOT NULL
        AND log_reason NOT IN (reason_1, COALESCE(reason_2, reason_1), COALESCE(reason_3, reason_1))
)

SELECT
    difference.what,
    difference.pupil,
    difference.series_urn,
    series.series_name AS school_name,
    difference.la_code,
    difference.academic_year,
    difference.start_date,
    difference.category,
    difference.in_log,
    difference.in_census,
    difference.other_day,
    difference._delivery,
    difference._sheet,
    difference._row
FROM difference
LEFT JOIN mart.dim_school_series AS series ON series.urn = difference.series_urn
ORDER BY
    difference.pupil NULLS LAST,
    difference.series_urn NULLS LAST,
    difference.start_date NULLS LAST,
    difference.category NULLS LAST,
    difference.what NULLS LAST

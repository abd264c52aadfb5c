/*
title = "Periods that values speak for, up to the as-of date"
grain = "one period of one kind"
key = ["period_kind", "period"]
reads = ["dim_term"]

[columns]
period_kind = "week (Monday to Sunday, as ISO 8601 numbers them), month, term, two_terms (autumn and spring together), academic_year, calendar_year, rolling_12_months (the twelve months that end with one), academic_year_to_date or calendar_year_to_date (a year up to the day of the as-of date)."
period = "The period by its name: 2025 week 37, 2025-11, 2025/26 autumn, 2025/26 autumn and spring, 2025/26, 2025, 12 months to 2025-11, 2025/26 to 11-29, 2025 to 11-29."
period_start = "First day."
period_end = "Last day; that of a period that is not over lies after the as-of date."
is_over = "Whether it ended before the as-of date or on it."
year_before = "The same period a year before; NULL of a week 53 where that year has 52."
*/
WITH digit AS (
    SELECT n
    FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS digits (n)
),

generation AS (
    SELECT
        as_of,
        CAST(extract(year FROM as_of) AS BIGINT) AS year,
        CAST(extract(month FROM as_of) AS BIGINT) AS month,
        -- The day of the year to date in every year: 28 February of 29 February.
        CASE WHEN extract(month FROM as_of) = 2 AND extract(day FROM as_of) = 29 THEN 28
            ELSE CAST(extract(day FROM as_of) AS BIGINT) END AS day
    FROM meta.generation
),

year AS (
    SELECT CAST(1980 + hundred.n * 100 + ten.n * 10 + one.n AS BIGINT) AS year
    FROM digit AS hundred
    CROSS JOIN digit AS ten
    CROSS JOIN digit AS one
    WHERE hundred.n <= 1
),

month AS (
    SELECT
        day_of(year.year, number.n, 1) AS first_day,
        CAST(year.year AS VARCHAR) || '-' || CASE WHEN number.n < 10 THEN '0' ELSE '' END || CAST(number.n AS VARCHAR) AS name,
        CAST(year.year - 1 AS VARCHAR) || '-' || CASE WHEN number.n < 10 THEN '0' ELSE '' END || CAST(number.n AS VARCHAR) AS name_before
    FROM year
    CROSS JOIN (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)) AS number (n)
),

-- The week that 4 January lies in is the first of its year; 1 January 1900 was a Monday.
first_monday AS (
    SELECT
        year,
        CAST(day_of(year, 1, 4) - CAST(days_between(day_of(1900, 1, 1), day_of(year, 1, 4)) % 7 AS INTEGER) AS DATE) AS first_day
    FROM year
),

week AS (
    SELECT
        CAST(first_monday.first_day + CAST(7 * (ten.n * 10 + one.n - 1) AS INTEGER) AS DATE) AS first_day,
        CAST(first_monday.year AS VARCHAR) || ' week ' || CAST(ten.n AS VARCHAR) || CAST(one.n AS VARCHAR) AS name,
        CASE WHEN 7 * (ten.n * 10 + one.n) <= days_between(monday_before.first_day, first_monday.first_day)
            THEN CAST(first_monday.year - 1 AS VARCHAR) || ' week ' || CAST(ten.n AS VARCHAR) || CAST(one.n AS VARCHAR) END AS name_before
    FROM first_monday
    INNER JOIN first_monday AS next_monday ON next_monday.year = first_monday.year + 1
    LEFT JOIN first_monday AS monday_before ON monday_before.year = first_monday.year - 1
    CROSS JOIN digit AS ten
    CROSS JOIN digit AS one
    WHERE ten.n * 10 + one.n BETWEEN 1 AND 53
        AND 7 * (ten.n * 10 + one.n) <= days_between(first_monday.first_day, next_monday.first_day)
),

told AS (
    SELECT
        'week' AS period_kind, name AS period, first_day AS period_start,
        CAST(first_day + INTERVAL '6' DAY AS DATE) AS period_end, name_before AS year_before
    FROM week
    UNION ALL
    SELECT
        'month' AS period_kind, name AS period, first_day AS period_start,
        CAST(first_day + INTERVAL '1' MONTH - INTERVAL '1' DAY AS DATE) AS period_end, name_before AS year_before
    FROM month
    UNION ALL
    SELECT
        'rolling_12_months', '12 months to ' || name, CAST(first_day - INTERVAL '11' MONTH AS DATE),
        CAST(first_day + INTERVAL '1' MONTH - INTERVAL '1' DAY AS DATE), '12 months to ' || name_before
    FROM month
    UNION ALL
    SELECT
        'term', academic_year || ' ' || term, first_day, last_day, year_label(first_year_in(academic_year) - 1) || ' ' || term
    FROM mart.dim_term
    UNION ALL
    SELECT
        'two_terms', autumn.academic_year || ' autumn and spring', autumn.first_day, spring.last_day,
        year_label(first_year_in(autumn.academic_year) - 1) || ' autumn and spring'
    FROM mart.dim_term AS autumn
    INNER JOIN mart.dim_term AS spring ON spring.term_number = autumn.term_number + 1
    WHERE autumn.term = 'autumn'
    UNION ALL
    SELECT 'academic_year', year_label(year), day_of(year, 9, 1), year_ends(year), year_label(year - 1)
    FROM year
    UNION ALL
    SELECT 'calendar_year', CAST(year AS VARCHAR), day_of(year, 1, 1), day_of(year, 12, 31), CAST(year - 1 AS VARCHAR)
    FROM year
    UNION ALL
    SELECT
        'calendar_year_to_date',
        CAST(year.year AS VARCHAR) || ' to ' || substring(CAST(day_of(2001, generation.month, generation.day) AS VARCHAR) FROM 6),
        day_of(year.year, 1, 1),
        CASE WHEN year.year = generation.year THEN generation.as_of ELSE day_of(year.year, generation.month, generation.day) END,
        CAST(year.year - 1 AS VARCHAR) || ' to ' || substring(CAST(day_of(2001, generation.month, generation.day) AS VARCHAR) FROM 6)
    FROM year
    CROSS JOIN generation
    UNION ALL
    SELECT
        'academic_year_to_date',
        year_label(year.year) || ' to ' || substring(CAST(day_of(2001, generation.month, generation.day) AS VARCHAR) FROM 6),
        day_of(year.year, 9, 1),
        CASE
            WHEN year.year = first_year_of(generation.as_of) THEN generation.as_of
            ELSE day_of(CASE WHEN generation.month >= 9 THEN year.year ELSE year.year + 1 END, generation.month, generation.day)
        END,
        year_label(year.year - 1) || ' to ' || substring(CAST(day_of(2001, generation.month, generation.day) AS VARCHAR) FROM 6)
    FROM year
    CROSS JOIN generation
)

SELECT
    told.period_kind,
    told.period,
    told.period_start,
    told.period_end,
    told.period_end <= generation.as_of AS is_over,
    told.year_before
FROM told
CROSS JOIN generation
WHERE told.period_start <= generation.as_of
    AND told.period_start >= day_of(1980, 1, 1)
    -- Twelve months end with a month that has begun.
    AND (
        told.period_kind <> 'rolling_12_months'
        OR told.period_end < CAST(day_of(generation.year, generation.month, 1) + INTERVAL '1' MONTH AS DATE)
    )
ORDER BY told.period_kind NULLS LAST, told.period_start NULLS LAST

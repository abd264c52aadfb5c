/*
title = "Terms of suspensions and exclusions, as the department counts them"
grain = "one term"
key = ["term_number"]

[columns]
term_number = "Position of the term in time: academic year × 3 + 0 autumn, 1 spring, 2 summer. A census has the number of the term that it is taken in."
academic_year = "Academic year in which what begins in the term counts."
term = "autumn, spring or summer."
first_day = "First day of the term: 1 August, 1 January, Easter Monday."
last_day = "Last day of the term: 31 December, Easter Sunday, 31 July."
*/
-- DfE, Pupil exclusion statistics: methodology, 4.1: autumn 1 August to 31 December, spring 1 January to Easter Sunday,
-- summer Easter Monday to 31 July, each inclusive. They are not a school's own terms: those are in dim_date.
WITH digit AS (
    SELECT n
    FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS digits (n)
),

calendar_year AS (
    SELECT
        CAST(1900 + hundred.n * 100 + ten.n * 10 + one.n AS BIGINT) AS year,
        CAST(19 + hundred.n AS BIGINT) AS century
    FROM digit AS hundred
    CROSS JOIN digit AS ten
    CROSS JOIN digit AS one
    WHERE hundred.n <= 2
),

-- Easter Sunday by Gauss's rule with the corrections of the Gregorian calendar, in whole numbers.
century_part AS (
    SELECT
        year,
        century,
        CAST(round((13 + 8 * century - (13 + 8 * century) % 25) * 0.04) AS BIGINT) AS moon_leaps,
        CAST(round((century - century % 4) * 0.25) AS BIGINT) AS leap_centuries
    FROM calendar_year
),

corrected AS (
    SELECT
        year,
        (15 - moon_leaps + century - leap_centuries) % 30 AS moon,
        (4 + century - leap_centuries) % 7 AS week
    FROM century_part
),

full_moon AS (
    SELECT year, moon, week, (19 * (year % 19) + moon) % 30 AS days_to_moon
    FROM corrected
),

sunday AS (
    SELECT
        year,
        moon,
        days_to_moon,
        (2 * (year % 4) + 4 * (year % 7) + 6 * days_to_moon + week) % 7 AS days_to_sunday
    FROM full_moon
),

easter AS (
    SELECT
        year,
        CAST(CAST(year AS VARCHAR) || '-03-22' AS DATE)
            + CAST(days_to_moon + days_to_sunday
                - CASE
                    WHEN days_to_sunday = 6 AND days_to_moon = 29 THEN 7
                    WHEN days_to_sunday = 6 AND days_to_moon = 28 AND (11 * moon + 11) % 30 < 19 THEN 7
                    ELSE 0
                END AS INTEGER) AS easter_sunday
    FROM sunday
),

part AS (
    SELECT
        year AS first_year,
        'autumn' AS term,
        0 AS place,
        CAST(CAST(year AS VARCHAR) || '-08-01' AS DATE) AS first_day,
        CAST(CAST(year AS VARCHAR) || '-12-31' AS DATE) AS last_day
    FROM easter
    UNION ALL
    SELECT year - 1, 'spring', 1, CAST(CAST(year AS VARCHAR) || '-01-01' AS DATE), easter_sunday
    FROM easter
    UNION ALL
    SELECT year - 1, 'summer', 2, easter_sunday + 1, CAST(CAST(year AS VARCHAR) || '-07-31' AS DATE)
    FROM easter
)

SELECT
    first_year * 3 + place AS term_number,
    year_label(first_year) AS academic_year,
    term,
    first_day,
    last_day
FROM part
ORDER BY term_number NULLS LAST

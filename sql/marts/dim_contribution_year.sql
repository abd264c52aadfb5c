/*
title = "Academic years of the register of contributions to annual reviews, with what is missing of each"
grain = "one academic year in which the register has a meeting, or SEN2 tells of one within the register's years"
key = ["academic_year"]
reads = ["fct_annual_review", "fct_annual_review_contribution"]

[columns]
academic_year = "Academic year of the meetings, such as 2024/25."
reviews = "Reviews of the year in the register (reviews)."
reviews_in_sen2 = "Reviews of the year that SEN2 tells of (reviews); 0 where no return is here."
last_received = "Day on which the register was last delivered."
absence = "What of the year is not in the register, in words: a season without a review, or an end that came after the last delivery; NULL where nothing is known to be missing."
*/
WITH meeting AS (
    SELECT DISTINCT request_id, meeting, 'register' AS told_by
    FROM mart.fct_annual_review_contribution
    UNION ALL
    SELECT DISTINCT case_id AS request_id, meeting, 'sen2' AS told_by
    FROM mart.fct_annual_review
),

dated AS (
    SELECT
        told_by,
        first_year_of(meeting) AS first_year,
        extract(month FROM meeting) AS month
    FROM meeting
),

counted AS (
    SELECT
        first_year,
        count(*) FILTER (WHERE told_by = 'register') AS reviews,
        count(*) FILTER (WHERE told_by = 'sen2') AS reviews_in_sen2,
        count(*) FILTER (WHERE told_by = 'register' AND month >= 9) AS autumn,
        count(*) FILTER (WHERE told_by = 'register' AND month <= 3) AS spring,
        count(*) FILTER (WHERE told_by = 'register' AND month BETWEEN 4 AND 8) AS summer,
        count(*) FILTER (WHERE told_by = 'sen2' AND month >= 9) AS autumn_in_sen2,
        count(*) FILTER (WHERE told_by = 'sen2' AND month <= 3) AS spring_in_sen2,
        count(*) FILTER (WHERE told_by = 'sen2' AND month BETWEEN 4 AND 8) AS summer_in_sen2
    FROM dated
    GROUP BY first_year
),

bound AS (
    SELECT min(first_year) AS first_year, max(first_year) AS last_year
    FROM counted
    WHERE reviews > 0
),

delivered AS (
    SELECT max(CAST(received_at AS DATE)) AS last_received
    FROM meta.arrival
    WHERE collection = 'annual_review_contributions'
),

-- Whether a file of the register came with the header alone in the twelve months from a season's first day.
blank_delivery AS (
    SELECT
        counted.first_year,
        max(CASE WHEN arrival.received_on BETWEEN day_of(counted.first_year, 9, 1)
            AND year_ends(counted.first_year) THEN 1 ELSE 0 END) AS autumn,
        max(CASE WHEN arrival.received_on BETWEEN day_of(counted.first_year + 1, 1, 1)
            AND day_of(counted.first_year + 1, 12, 31) THEN 1 ELSE 0 END) AS spring,
        max(CASE WHEN arrival.received_on BETWEEN day_of(counted.first_year + 1, 4, 1)
            AND day_of(counted.first_year + 2, 3, 31) THEN 1 ELSE 0 END) AS summer
    FROM counted
    CROSS JOIN (
        SELECT CAST(received_at AS DATE) AS received_on
        FROM meta.arrival
        WHERE collection = 'annual_review_contributions'
            AND rows = 0
    ) AS arrival
    GROUP BY counted.first_year
),

season AS (
    SELECT
        counted.*,
        delivered.last_received,
        year_ends(counted.first_year) AS year_end,
        CASE
            WHEN counted.autumn = 0
                AND (autumn_in_sen2 > 0 OR reviews_in_sen2 = 0 OR blank_delivery.autumn = 1)
                THEN ' September to December'
            ELSE ''
        END
        || CASE
            WHEN counted.spring = 0
                AND (spring_in_sen2 > 0 OR reviews_in_sen2 = 0 OR blank_delivery.spring = 1)
                AND delivered.last_received > day_of(counted.first_year + 1, 3, 31)
                THEN ' January to March'
            ELSE ''
        END
        || CASE
            WHEN counted.summer = 0
                AND (summer_in_sen2 > 0 OR reviews_in_sen2 = 0 OR blank_delivery.summer = 1)
                AND delivered.last_received > year_ends(counted.first_year)
                THEN ' April to August'
            ELSE ''
        END AS blank
    FROM counted
    CROSS JOIN bound
    CROSS JOIN delivered
    LEFT JOIN blank_delivery ON blank_delivery.first_year = counted.first_year
    WHERE counted.first_year BETWEEN bound.first_year AND bound.last_year
)

SELECT
    year_label(first_year) AS academic_year,
    CAST(reviews AS BIGINT) AS reviews,
    CAST(reviews_in_sen2 AS BIGINT) AS reviews_in_sen2,
    last_received,
    CASE
        WHEN reviews = 0 THEN 'the register has no review of the year'
        WHEN blank <> '' THEN 'the register has no review of these months of the year:' || blank
        WHEN last_received < year_end THEN
            'the register was last delivered on ' || CAST(last_received AS VARCHAR) || ', before the year was over'
    END AS absence
FROM season
ORDER BY academic_year NULLS LAST

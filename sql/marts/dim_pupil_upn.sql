/*
title = "Which pupil each unique pupil number belongs to"
grain = "one unique pupil number (pseudonym)"
key = ["upn"]

[columns]
upn = "Pseudonym of the unique pupil number, permanent or temporary, as returns carry it."
pupil = "Pseudonym that stands for the pupil under all numbers: the one that was in use last."
numbers = "How many numbers this pupil has had (number)."
last_census = "Position of the last census that used the number: academic year × 3 + 0 autumn, 1 spring, 2 summer; NULL where it is known only as a former number."
*/
WITH row_of_pupil AS (
    SELECT
        upn,
        former_upn,
        CAST(left(academic_year, 4) AS BIGINT) * 3 + CASE term WHEN 'autumn' THEN 0 WHEN 'spring' THEN 1 ELSE 2 END AS census
    FROM conformed.school_census_pupil_on_roll
    WHERE NOT _superseded
        AND upn IS NOT NULL
    UNION ALL
    SELECT
        upn,
        former_upn,
        CAST(left(academic_year, 4) AS BIGINT) * 3 + CASE term WHEN 'autumn' THEN 0 WHEN 'spring' THEN 1 ELSE 2 END AS census
    FROM conformed.school_census_pupil_no_longer_on_roll
    WHERE NOT _superseded
        AND upn IS NOT NULL
),

number_seen AS (
    SELECT upn, max(census) AS last_census
    FROM (
        SELECT upn, census FROM row_of_pupil
        UNION ALL
        SELECT former_upn AS upn, CAST(NULL AS BIGINT) AS census FROM row_of_pupil WHERE former_upn IS NOT NULL
    ) AS every_number
    GROUP BY upn
),

-- Two numbers of one pupil, in both directions, and each with itself.
edge AS (
    SELECT upn AS a, former_upn AS b FROM row_of_pupil WHERE former_upn IS NOT NULL
    UNION
    SELECT former_upn AS a, upn AS b FROM row_of_pupil WHERE former_upn IS NOT NULL
    UNION
    SELECT upn AS a, upn AS b FROM number_seen
),

-- The least number that can be reached; each step doubles the distance, so five join chains of up to 32 numbers.
step_1 AS (SELECT a AS upn, min(b) AS least FROM edge GROUP BY a),
step_2 AS (
    SELECT edge.a AS upn, min(step_1.least) AS least FROM edge INNER JOIN step_1 ON step_1.upn = edge.b GROUP BY edge.a
),
step_3 AS (
    SELECT one.upn, min(two.least) AS least FROM step_2 AS one INNER JOIN step_2 AS two ON two.upn = one.least GROUP BY one.upn
),
step_4 AS (
    SELECT edge.a AS upn, min(step_3.least) AS least FROM edge INNER JOIN step_3 ON step_3.upn = edge.b GROUP BY edge.a
),
step_5 AS (
    SELECT one.upn, min(two.least) AS least FROM step_4 AS one INNER JOIN step_4 AS two ON two.upn = one.least GROUP BY one.upn
),
step_6 AS (
    SELECT edge.a AS upn, min(step_5.least) AS least FROM edge INNER JOIN step_5 ON step_5.upn = edge.b GROUP BY edge.a
),

ranked AS (
    SELECT
        step_6.upn,
        step_6.least,
        number_seen.last_census,
        row_number() OVER (
            PARTITION BY step_6.least
            ORDER BY number_seen.last_census DESC NULLS LAST, step_6.upn NULLS LAST
        ) AS choice,
        count(*) OVER (PARTITION BY step_6.least) AS numbers
    FROM step_6
    INNER JOIN number_seen ON number_seen.upn = step_6.upn
)

SELECT
    ranked.upn,
    chosen.upn AS pupil,
    ranked.numbers,
    ranked.last_census
FROM ranked
INNER JOIN ranked AS chosen
    ON chosen.least = ranked.least
    AND chosen.choice = 1
ORDER BY ranked.upn NULLS LAST

/*
title = "Which pupil each unique pupil number belongs to"
grain = "one unique pupil number (pseudonym)"
key = ["upn"]
reads = ["fct_census_school"]

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
        census_number(academic_year, term) AS census
    FROM conformed.school_census_pupil_on_roll
    WHERE NOT _superseded
        AND upn IS NOT NULL
    UNION ALL
    SELECT
        upn,
        former_upn,
        census_number(academic_year, term) AS census
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

-- A number that ends and another that begins, at one school, for one month of birth, sex and day of entry, which was before
-- the census that has the first number alone: the school gave the pupil another number and did not say so. One of each only.
stay AS (
    SELECT
        told.upn,
        min(told.uln) AS uln,
        school.series_urn,
        told.date_of_birth,
        told.sex,
        told.entry_date,
        min(school.census) AS first_census,
        max(school.census) AS last_census,
        max(school.reference_date) AS last_day
    FROM (
        SELECT academic_year, term, native_id, upn, uln, date_of_birth, sex, entry_date
        FROM conformed.school_census_pupil_on_roll
        WHERE NOT _superseded
            AND upn IS NOT NULL
        UNION ALL
        SELECT academic_year, term, native_id, upn, uln, date_of_birth, sex, entry_date
        FROM conformed.school_census_pupil_no_longer_on_roll
        WHERE NOT _superseded
            AND upn IS NOT NULL
    ) AS told
    INNER JOIN mart.fct_census_school AS school
        ON school.academic_year = told.academic_year
        AND school.term = told.term
        AND school.native_id = told.native_id
    WHERE told.date_of_birth IS NOT NULL
        AND told.sex IS NOT NULL
        AND told.entry_date IS NOT NULL
        AND school.series_urn IS NOT NULL
    GROUP BY told.upn, school.series_urn, told.date_of_birth, told.sex, told.entry_date
),

whole_time AS (
    SELECT upn, min(census) AS first_census, max(census) AS last_census
    FROM row_of_pupil
    GROUP BY upn
),

renumbered AS (
    SELECT
        old.upn AS old_upn,
        new.upn AS new_upn,
        count(*) OVER (PARTITION BY old.upn) AS of_old,
        count(*) OVER (PARTITION BY new.upn) AS of_new
    FROM stay AS old
    INNER JOIN whole_time AS old_time ON old_time.upn = old.upn
    INNER JOIN stay AS new
        ON new.series_urn = old.series_urn
        AND new.date_of_birth = old.date_of_birth
        AND new.sex = old.sex
        AND new.entry_date = old.entry_date
        AND new.first_census = old.last_census + 1
    INNER JOIN whole_time AS new_time ON new_time.upn = new.upn
    WHERE old_time.last_census = old.last_census
        AND new_time.first_census = new.first_census
        AND old.entry_date <= old.last_day
        AND COALESCE(old.uln = new.uln, TRUE)
),

-- Two numbers of one pupil, in both directions, and each with itself.
edge AS (
    SELECT old_upn AS a, new_upn AS b FROM renumbered WHERE of_old = 1 AND of_new = 1
    UNION
    SELECT new_upn AS a, old_upn AS b FROM renumbered WHERE of_old = 1 AND of_new = 1
    UNION
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

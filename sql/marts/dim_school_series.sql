/*
title = "Which school each school became: one series for a school that became an academy or was merged"
grain = "one school (URN)"
key = ["urn"]
reads = ["dim_school", "dim_school_link"]

[columns]
urn = "Unique reference number of the school."
series_urn = "Unique reference number under which its figures stand: the last school that it became. Itself where it became none, was split, or GIAS does not say."
series_name = "Name of that school as it is now; NULL where GIAS has not said."
steps = "How many links lead there (number)."
*/
WITH opened AS (
    SELECT urn, max(open_date) AS open_date
    FROM mart.dim_school
    GROUP BY urn
),

-- A link stands under either school; both ways of saying it give the same step from the earlier to the later.
said AS (
    SELECT urn AS earlier, linked_urn AS later, kind, established_on
    FROM mart.dim_school_link
    WHERE relation = 'successor'
    UNION
    SELECT linked_urn AS earlier, urn AS later, kind, established_on
    FROM mart.dim_school_link
    WHERE relation = 'predecessor'
),

-- One day for each school, so that schools stand in one order: when it opened; where that is not known, the first day on
-- which a link says that it followed another.
told_day AS (
    SELECT later AS urn, min(established_on) AS first_day
    FROM said
    WHERE earlier <> later
    GROUP BY later
),

day_of_school AS (
    SELECT known.urn, COALESCE(opened.open_date, told_day.first_day, DATE '1900-01-01') AS day
    FROM (
        SELECT earlier AS urn FROM said
        UNION
        SELECT later AS urn FROM said
    ) AS known
    LEFT JOIN opened ON opened.urn = known.urn
    LEFT JOIN told_day ON told_day.urn = known.urn
),

-- A step leads to a school that comes later in that order, of one day by number: so no walk ends where it began.
step AS (
    SELECT DISTINCT said.earlier, said.later
    FROM said
    INNER JOIN day_of_school AS before ON before.urn = said.earlier
    INNER JOIN day_of_school AS after ON after.urn = said.later
    WHERE after.day > before.day
        OR (after.day = before.day AND said.later > said.earlier)
),

-- A school that was split has more than one next: its figures stay its own.
next_school AS (
    SELECT earlier AS urn, min(later) AS next_urn
    FROM step
    GROUP BY earlier
    HAVING count(*) = 1
),

every_school AS (
    SELECT urn FROM opened
    UNION
    SELECT earlier AS urn FROM step
    UNION
    SELECT later AS urn FROM step
),

-- Each walk doubles the steps: five walks make sixteen.
walk_1 AS (
    SELECT
        every_school.urn,
        COALESCE(next_school.next_urn, every_school.urn) AS series_urn,
        CASE WHEN next_school.next_urn IS NULL THEN 0 ELSE 1 END AS steps
    FROM every_school
    LEFT JOIN next_school ON next_school.urn = every_school.urn
),
walk_2 AS (
    SELECT one.urn, two.series_urn, one.steps + two.steps AS steps
    FROM walk_1 AS one INNER JOIN walk_1 AS two ON two.urn = one.series_urn
),
walk_3 AS (
    SELECT one.urn, two.series_urn, one.steps + two.steps AS steps
    FROM walk_2 AS one INNER JOIN walk_2 AS two ON two.urn = one.series_urn
),
walk_4 AS (
    SELECT one.urn, two.series_urn, one.steps + two.steps AS steps
    FROM walk_3 AS one INNER JOIN walk_3 AS two ON two.urn = one.series_urn
),
walk_5 AS (
    SELECT one.urn, two.series_urn, one.steps + two.steps AS steps
    FROM walk_4 AS one INNER JOIN walk_4 AS two ON two.urn = one.series_urn
)

SELECT
    walk_5.urn,
    walk_5.series_urn,
    dim_school.name AS series_name,
    walk_5.steps
FROM walk_5
LEFT JOIN mart.dim_school
    ON dim_school.urn = walk_5.series_urn
    AND dim_school.is_current
ORDER BY walk_5.urn NULLS LAST

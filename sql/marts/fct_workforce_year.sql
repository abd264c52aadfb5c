/*
title = "Who was in each team through each academic year: stayed, moved, came, left"
grain = "one member of staff in one team in one academic year"
key = ["academic_year", "team", "holder"]
reads = ["fct_workforce_post"]

[columns]
academic_year = "Academic year, such as 2024/25: from the 31 August before it to its own."
team = "The team: SEN_CASEWORK, EP, INCLUSION, ADVISORY or HEALTH_DCO."
holder = "Pseudonym of the person, the same in every month and post. Agency workers have no row; who is both has one for the time as staff."
is_at_start = "Whether the person holds a post of the team at the end of the 31 August before the year."
is_at_end = "Whether the person holds a post of the team at the end of the year's own 31 August."
is_in_same_post = "Whether the person holds at both ends one post that is the same: of two half posts one is enough."
is_elsewhere_at_end = "Whether the person holds a post of another team at the end of the year's own 31 August."
fte_at_start = "What the person fills of the team's posts at the end of the 31 August before (full-time equivalents); 0 for who came later."
fte_at_end = "What the person fills of the team's posts at the end of the year's own 31 August (full-time equivalents); 0 for who left."
last_month = "The last month of the year, or the August before it, at whose end the person fills a post of the team, by its last day; NULL for who came and left within one month."
fte_last = "What the person fills of the team's posts at the end of that month (full-time equivalents)."
_delivery = "The delivery of the last row about the person in the team in the year: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH staff AS (
    SELECT
        first_year_in(academic_year) AS year_number,
        month_end,
        extract(month FROM month_end) = 8 AS is_august,
        team,
        post_id,
        holder,
        filled_fte,
        started,
        ended,
        _delivery,
        _sheet,
        _row
    FROM mart.fct_workforce_post
    WHERE holder IS NOT NULL
        AND holder_kind = 'staff'
        -- Who left before the year, and is told of in it, left in the year before.
        AND (filled_fte > 0 OR ended >= day_of(first_year_in(academic_year), 9, 1))
),

-- A contract that ends in the last days of August, and one of whatever team that begins in September within a month
-- after: the person did not go.
renewed AS (
    SELECT
        gone.year_number,
        gone.month_end,
        gone.is_august,
        gone.team,
        gone.post_id,
        gone.holder,
        again.filled_fte,
        gone._delivery,
        gone._sheet,
        gone._row,
        row_number() OVER (
            PARTITION BY gone.month_end, gone.team, gone.post_id, gone.holder
            ORDER BY
                CASE WHEN again.post_id = gone.post_id THEN 0 ELSE 1 END NULLS LAST,
                again.month_end NULLS LAST,
                again.post_id NULLS LAST
        ) AS choice
    FROM staff AS gone
    INNER JOIN staff AS again
        ON again.holder = gone.holder
        AND again.filled_fte > 0
        AND again.started > gone.month_end
        AND again.started <= gone.ended + INTERVAL '31' DAY
    WHERE gone.is_august
        AND gone.filled_fte = 0
        -- Who holds a post of the team at that day anyhow needs no bridge.
        AND NOT EXISTS (
            SELECT 1
            FROM staff AS present
            WHERE present.month_end = gone.month_end
                AND present.team = gone.team
                AND present.holder = gone.holder
                AND present.filled_fte > 0
        )
),

told AS (
    SELECT year_number, month_end, is_august, team, post_id, holder, filled_fte, _delivery, _sheet, _row
    FROM staff
    UNION ALL
    SELECT year_number, month_end, is_august, team, post_id, holder, filled_fte, _delivery, _sheet, _row
    FROM renewed
    WHERE choice = 1
),

-- Each month in its year, and each August again at the start of the year after it.
placed AS (
    SELECT told.*, FALSE AS is_start, is_august AS is_end FROM told
    UNION ALL
    SELECT
        year_number + 1 AS year_number,
        month_end,
        is_august,
        team,
        post_id,
        holder,
        filled_fte,
        _delivery,
        _sheet,
        _row,
        TRUE AS is_start,
        FALSE AS is_end
    FROM told
    WHERE is_august
        AND filled_fte > 0
),

in_post AS (
    SELECT
        year_number,
        team,
        holder,
        post_id,
        sum(CASE WHEN is_start THEN filled_fte ELSE 0 END) AS fte_at_start,
        sum(CASE WHEN is_end THEN filled_fte ELSE 0 END) AS fte_at_end
    FROM placed
    GROUP BY year_number, team, holder, post_id
),

person AS (
    SELECT
        year_number,
        team,
        holder,
        sum(fte_at_start) AS fte_at_start,
        sum(fte_at_end) AS fte_at_end,
        max(CASE WHEN fte_at_start > 0 AND fte_at_end > 0 THEN 1 ELSE 0 END) AS is_in_same_post
    FROM in_post
    GROUP BY year_number, team, holder
),

by_month AS (
    SELECT
        year_number,
        team,
        holder,
        month_end,
        sum(filled_fte) AS fte,
        row_number() OVER (PARTITION BY year_number, team, holder ORDER BY month_end DESC NULLS LAST) AS from_last
    FROM placed
    WHERE filled_fte > 0
    GROUP BY year_number, team, holder, month_end
),

last_row AS (
    SELECT
        year_number,
        team,
        holder,
        _delivery,
        _sheet,
        _row,
        row_number() OVER (
            PARTITION BY year_number, team, holder
            ORDER BY month_end DESC NULLS LAST, post_id NULLS LAST, _row NULLS LAST
        ) AS from_last
    FROM placed
),

-- The year after the last of the register has a start and nothing else: nobody knows yet who stays.
register_year AS (
    SELECT DISTINCT academic_year, first_year_in(academic_year) AS year_number
    FROM mart.fct_workforce_post
)

SELECT
    register_year.academic_year,
    person.team,
    person.holder,
    person.fte_at_start > 0 AS is_at_start,
    person.fte_at_end > 0 AS is_at_end,
    person.is_in_same_post = 1 AS is_in_same_post,
    EXISTS (
        SELECT 1
        FROM person AS other
        WHERE other.year_number = person.year_number
            AND other.holder = person.holder
            AND other.team <> person.team
            AND other.fte_at_end > 0
    ) AS is_elsewhere_at_end,
    CAST(person.fte_at_start AS DECIMAL(9, 2)) AS fte_at_start,
    CAST(person.fte_at_end AS DECIMAL(9, 2)) AS fte_at_end,
    by_month.month_end AS last_month,
    CAST(by_month.fte AS DECIMAL(9, 2)) AS fte_last,
    last_row._delivery,
    last_row._sheet,
    last_row._row
FROM person
INNER JOIN register_year ON register_year.year_number = person.year_number
LEFT JOIN by_month
    ON by_month.year_number = person.year_number
    AND by_month.team = person.team
    AND by_month.holder = person.holder
    AND by_month.from_last = 1
LEFT JOIN last_row
    ON last_row.year_number = person.year_number
    AND last_row.team = person.team
    AND last_row.holder = person.holder
    AND last_row.from_last = 1
ORDER BY register_year.academic_year NULLS LAST, person.team NULLS LAST, person.holder NULLS LAST

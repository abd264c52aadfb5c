/*
title = "Days on which posts were vacant, month by month"
grain = "one post in one month"
key = ["post_id", "month_end"]
reads = ["dim_date", "fct_workforce_post"]

[columns]
post_id = "Number of the post in the establishment."
month_end = "The month, by its last day."
academic_year = "Academic year of the month, such as 2024/25: September to August."
team = "Team that the post belongs to."
days_vacant = "Days of the month on which nobody of the staff held the post (days); NULL where the school calendar has no day of the month."
days_covered = "Of these, days on which somebody else covered it (days): an agency worker, or somebody who came and left within the month and of whom nothing says that they were staff."
is_in_calendar = "Whether the school calendar has the first and the last day of the month: else days are missing."
_delivery = "The delivery of the post's first row in the list of the month: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH listed AS (
    SELECT
        post.*,
        row_number() OVER (
            PARTITION BY post_id, month_end
            ORDER BY _delivery NULLS LAST, _sheet NULLS LAST, _row NULLS LAST
        ) AS from_first
    FROM mart.fct_workforce_post AS post
),

post_month AS (
    SELECT
        post_id,
        month_end,
        min(team) AS team,
        min(academic_year) AS academic_year,
        max(CASE WHEN from_first = 1 THEN _delivery END) AS _delivery,
        max(CASE WHEN from_first = 1 THEN _sheet END) AS _sheet,
        max(CASE WHEN from_first = 1 THEN _row END) AS _row
    FROM listed
    GROUP BY post_id, month_end
),

held_row AS (
    SELECT
        post_id,
        month_end,
        holder_kind,
        started,
        CASE WHEN ended IS NOT NULL THEN ended ELSE month_end END AS until
    FROM mart.fct_workforce_post
    WHERE holder_kind IN ('staff', 'agency', 'unknown')
),

-- Every day of the month of every post, and whether anybody had it.
post_day AS (
    SELECT
        post_month.post_id,
        post_month.month_end,
        day.date,
        max(CASE WHEN held_row.holder_kind = 'staff' THEN 1 ELSE 0 END) AS is_held,
        max(CASE WHEN held_row.holder_kind IN ('agency', 'unknown') THEN 1 ELSE 0 END) AS is_covered
    FROM post_month
    INNER JOIN mart.dim_date AS day
        ON day.date <= post_month.month_end
        AND day.date > post_month.month_end - INTERVAL '31' DAY
        AND extract(month FROM day.date) = extract(month FROM post_month.month_end)
    LEFT JOIN held_row
        ON held_row.post_id = post_month.post_id
        AND held_row.month_end = post_month.month_end
        AND COALESCE(held_row.started, day_of(1900, 1, 1)) <= day.date
        AND held_row.until >= day.date
    GROUP BY post_month.post_id, post_month.month_end, day.date
),

counted AS (
    SELECT
        post_id,
        month_end,
        sum(1 - is_held) AS vacant,
        sum((1 - is_held) * is_covered) AS covered
    FROM post_day
    GROUP BY post_id, month_end
),

first_day AS (
    SELECT extract(year FROM date) AS year, extract(month FROM date) AS month
    FROM mart.dim_date
    WHERE extract(day FROM date) = 1
)

SELECT
    post_month.post_id,
    post_month.month_end,
    post_month.academic_year,
    post_month.team,
    CAST(counted.vacant AS BIGINT) AS days_vacant,
    CAST(counted.covered AS BIGINT) AS days_covered,
    last.date IS NOT NULL AND first_day.month IS NOT NULL AS is_in_calendar,
    post_month._delivery,
    post_month._sheet,
    post_month._row
FROM post_month
LEFT JOIN counted
    ON counted.post_id = post_month.post_id
    AND counted.month_end = post_month.month_end
LEFT JOIN mart.dim_date AS last ON last.date = post_month.month_end
LEFT JOIN first_day
    ON first_day.year = extract(year FROM post_month.month_end)
    AND first_day.month = extract(month FROM post_month.month_end)
ORDER BY post_month.post_id NULLS LAST, post_month.month_end NULLS LAST

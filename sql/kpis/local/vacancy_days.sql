/*
title = "Days that a post stood vacant"
basis = "local"
area = "workforce"
unit = "ratio"
polarity = "low"
grain = "one council in one academic year, in all and by team, and by who covered"
period_rule = "academic year: 1 September to 31 August"
period_kind = "academic_year"
needs = ["workforce_posts.wf_post", "calendar.school_day"]
rounding = "decimal_half_up(1)"
source = "APP letter of 22 January 2024: workforce; domain notes 0: vacancy days"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Days (of the calendar, not working days) of the year on which nobody of the staff held the post, over the posts of the establishment: the mean over all posts, those that were never vacant too.",
  "An agency worker does not fill a post: `cover=agency` has the days on which one covered it, `cover=nobody` the others. A post of which a part is held counts as held.",
  "First and last days are those of the lists of posts: a holder whose last day is told in no list counts until the last list that has the holder.",
]
reads = ["dim_council", "dim_date", "fct_workforce_post", "fct_workforce_register"]
*/
WITH held_row AS (
    SELECT
        post_id,
        month_end,
        holder_kind,
        started,
        CASE WHEN ended IS NOT NULL THEN ended ELSE month_end END AS until
    FROM mart.fct_workforce_post
    WHERE holder_kind IN ('staff', 'agency')
),

post_month AS (
    SELECT post_id, month_end, min(team) AS team, min(academic_year) AS academic_year
    FROM mart.fct_workforce_post
    GROUP BY post_id, month_end
),

-- Every day of the month of every post, and whether anybody had it.
post_day AS (
    SELECT
        post_month.academic_year,
        post_month.team,
        post_month.post_id,
        day.date,
        max(CASE WHEN held_row.holder_kind = 'staff' THEN 1 ELSE 0 END) AS is_held,
        max(CASE WHEN held_row.holder_kind = 'agency' THEN 1 ELSE 0 END) AS is_covered
    FROM post_month
    INNER JOIN mart.dim_date AS day
        ON day.date <= post_month.month_end
        AND day.date > post_month.month_end - INTERVAL '31' DAY
        AND extract(month FROM day.date) = extract(month FROM post_month.month_end)
    LEFT JOIN held_row
        ON held_row.post_id = post_month.post_id
        AND held_row.month_end = post_month.month_end
        AND (held_row.started IS NULL OR held_row.started <= day.date)
        AND held_row.until >= day.date
    GROUP BY post_month.academic_year, post_month.team, post_month.post_id, day.date
),

-- Months whose days the calendar does not all have.
short AS (
    SELECT months.academic_year, count(*) AS months
    FROM (SELECT DISTINCT academic_year, month_end FROM post_month) AS months
    WHERE NOT EXISTS (SELECT 1 FROM mart.dim_date AS last WHERE last.date = months.month_end)
        OR NOT EXISTS (
            SELECT 1 FROM mart.dim_date AS first
            WHERE first.date = make_date(
                CAST(extract(year FROM months.month_end) AS INTEGER),
                CAST(extract(month FROM months.month_end) AS INTEGER),
                1
            )
        )
    GROUP BY months.academic_year
),

post_year AS (
    SELECT
        academic_year,
        team,
        post_id,
        sum(1 - is_held) AS vacant,
        sum((1 - is_held) * is_covered) AS covered
    FROM post_day
    GROUP BY academic_year, team, post_id
),

counted AS (
    SELECT academic_year, 'all' AS team, 'total' AS breakdown, sum(vacant) AS days, count(DISTINCT post_id) AS posts
    FROM post_year
    GROUP BY academic_year
    UNION ALL
    SELECT academic_year, 'all', 'cover=agency', sum(covered), count(DISTINCT post_id)
    FROM post_year
    GROUP BY academic_year
    UNION ALL
    SELECT academic_year, 'all', 'cover=nobody', sum(vacant - covered), count(DISTINCT post_id)
    FROM post_year
    GROUP BY academic_year
    UNION ALL
    SELECT academic_year, team, 'team=' || team, sum(vacant), count(DISTINCT post_id)
    FROM post_year
    GROUP BY academic_year, team
)

SELECT
    held.academic_year AS period, -- academic year
    'authority' AS geography_level,
    council.la_code AS geography_code, -- three-digit authority code
    council.name AS geography_name, -- as publications print it
    COALESCE(counted.breakdown, 'total') AS breakdown, -- total, team, or who covered
    CASE WHEN short.months IS NULL THEN CAST(counted.days AS DOUBLE) END AS numerator, -- days on which nobody of the staff held the post
    CASE WHEN short.months IS NULL THEN CAST(counted.posts AS DOUBLE) END AS denominator, -- posts of the establishment in the year
    CASE WHEN short.months > 0 OR counted.academic_year IS NULL THEN 'unavailable' END AS reason, -- the engine says why where there is nothing to divide by
    CAST(NULL AS DOUBLE) AS published, -- nothing printed to compare with
    held._delivery AS _delivery, -- of many rows the last
    held._sheet AS _sheet,
    CAST(held._row AS INTEGER) AS _row,
    FALSE AS _superseded,
    CASE
        WHEN short.months > 0 THEN 'no source: the school calendar does not reach every month'
        ELSE held.mark_in_year
    END AS mark
FROM mart.fct_workforce_register AS held
LEFT JOIN counted
    ON counted.academic_year = held.academic_year
    AND counted.team = held.team
LEFT JOIN short ON short.academic_year = held.academic_year
CROSS JOIN mart.dim_council AS council
WHERE held.register = 'posts'
    AND (held.team = 'all' OR counted.academic_year IS NOT NULL)

/*
title = "Days that a post stood vacant"
basis = "local"
area = "workforce"
unit = "ratio"
unit_words = "days for each post"
polarity = "low"
grain = "one council in one academic year, in all and by team, and by who covered"
place = "council"
period_rule = "academic year: 1 September to 31 August"
period_kind = "academic_year"
day = "month_end"
needs = ["workforce_posts.wf_post", "calendar.school_day"]
returns = "posts"
rounding = "decimal_half_up(1)"
source = "APP letter of 22 January 2024: workforce; domain notes 0: vacancy days"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Days (of the calendar, not working days) of the year on which nobody of the staff held the post, over the posts of the establishment: the mean over all posts, those that were never vacant too.",
  "An agency worker does not fill a post: `cover=agency` has the days on which one covered it (or somebody who came and left within one month, of whom nothing says that they were staff), `cover=nobody` the others. A post of which a part is held counts as held.",
  "First and last days are those of the lists of posts: a holder whose last day is told in no list counts until the last list that has the holder.",
]
reads = ["fct_workforce_post_month", "fct_workforce_register"]

[rows]
every = """
SELECT
    month.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, month.breakdown,
    month.post_id, month.team, month.month_end, month.days_vacant, month.days_covered,
    CASE month.breakdown
        WHEN 'cover=agency' THEN month.days_covered
        WHEN 'cover=nobody' THEN month.days_vacant - month.days_covered
        ELSE month.days_vacant
    END AS in_numerator,
    -- Each post once in the year: by its first month.
    CASE row_number() OVER (
        PARTITION BY month.academic_year, month.breakdown, month.post_id
        ORDER BY month.month_end NULLS LAST
    ) WHEN 1 THEN 1 ELSE 0 END AS in_denominator,
    month._delivery, month._sheet, month._row
FROM (
    SELECT post.*, CASE split.kind WHEN 'team' THEN 'team=' || post.team ELSE split.kind END AS breakdown
    FROM mart.fct_workforce_post_month AS post
    CROSS JOIN (VALUES ('total'), ('team'), ('cover=agency'), ('cover=nobody')) AS split (kind)
) AS month
CROSS JOIN mart.dim_council AS council
"""
*/
WITH known AS (
    SELECT academic_year, team, post_id, days_vacant, days_covered
    FROM mart.fct_workforce_post_month
    WHERE days_vacant IS NOT NULL
),

counted AS (
    SELECT academic_year, 'all' AS team, 'total' AS breakdown, sum(days_vacant) AS days, count(DISTINCT post_id) AS posts
    FROM known
    GROUP BY academic_year
    UNION ALL
    SELECT academic_year, 'all', 'cover=agency', sum(days_covered), count(DISTINCT post_id)
    FROM known
    GROUP BY academic_year
    UNION ALL
    SELECT academic_year, 'all', 'cover=nobody', sum(days_vacant - days_covered), count(DISTINCT post_id)
    FROM known
    GROUP BY academic_year
    UNION ALL
    SELECT academic_year, team, 'team=' || team, sum(days_vacant), count(DISTINCT post_id)
    FROM known
    GROUP BY academic_year, team
),

-- Months whose days the calendar does not all have.
short AS (
    SELECT academic_year, count(DISTINCT month_end) AS months
    FROM mart.fct_workforce_post_month
    WHERE NOT is_in_calendar
    GROUP BY academic_year
)

SELECT
    held.academic_year AS period, -- academic year
    COALESCE(counted.breakdown, 'total') AS breakdown, -- total, team, or who covered
    CASE WHEN short.months IS NULL THEN CAST(counted.days AS DOUBLE) END AS numerator, -- days on which nobody of the staff held the post
    CASE WHEN short.months IS NULL THEN CAST(counted.posts AS DOUBLE) END AS denominator, -- posts of the establishment in the year
    CASE WHEN short.months > 0 OR counted.academic_year IS NULL THEN 'unavailable' END AS reason, -- the engine says why where there is nothing to divide by
    held._delivery AS _delivery, -- of many rows the last
    held._sheet AS _sheet,
    CAST(held._row AS INTEGER) AS _row,
    CASE
        WHEN short.months > 0 THEN 'no source: the school calendar does not reach every month'
        ELSE held.mark_in_year
    END AS mark
FROM mart.fct_workforce_register AS held
LEFT JOIN counted
    ON counted.academic_year = held.academic_year
    AND counted.team = held.team
LEFT JOIN short ON short.academic_year = held.academic_year
WHERE held.register = 'posts'
    AND (held.team = 'all' OR counted.academic_year IS NOT NULL)

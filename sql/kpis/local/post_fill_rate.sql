/*
title = "Posts filled by staff, of the establishment"
basis = "local"
area = "workforce"
unit = "percent"
polarity = "high"
grain = "one council in one academic year, in all and by team"
place = "council"
period_rule = "academic year: as at the end of its 31 August"
period_kind = "academic_year"
needs = ["workforce_posts.wf_post"]
returns = "posts at end"
rounding = "decimal_half_up(1)"
source = "domain notes 0 and 1d: FTE in post over establishment, after DfE, Children's social work workforce"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "In full-time equivalents; agency workers do not fill a post: read it beside agency_share.",
  "An established post is counted whether held or not; posts deleted to save money raise the rate.",
  "A year of which the register has its last month alone is not shown: it is where the next one starts. Without the list of its 31 August a year has no value, and a team has none that is not in that list.",
  "No national statistic exists of the teams that do this work: measures follow those of the children's social work workforce.",
]
reads = ["fct_workforce_post", "fct_workforce_register"]

[rows]
every = """
SELECT
    post.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code,
    CASE held.team WHEN 'all' THEN 'total' ELSE 'team=' || held.team END AS breakdown,
    post.month_end, post.post_id, post.role, post.holder, post.filled_fte AS in_numerator,
    post.established_fte * post.post_part AS in_denominator, post._delivery, post._sheet, post._row
FROM mart.fct_workforce_post AS post
INNER JOIN mart.fct_workforce_register AS held
    ON held.register = 'posts'
    AND held.academic_year = post.academic_year
    AND held.team IN ('all', post.team)
CROSS JOIN mart.dim_council AS council
"""

[series]
day = "month_end"
kinds = ["month"]
stock = true
*/
WITH part AS (
    SELECT post.academic_year, post.team, post.filled_fte AS numerator, post.established_fte * post.post_part AS denominator
    FROM mart.fct_workforce_post AS post
    WHERE extract(month FROM post.month_end) = 8
),

valued AS (
    SELECT academic_year, 'all' AS team, sum(numerator) AS numerator, sum(denominator) AS denominator
    FROM part
    GROUP BY academic_year
    UNION ALL
    SELECT academic_year, team, sum(numerator), sum(denominator)
    FROM part
    GROUP BY academic_year, team
)

SELECT
    held.academic_year AS period, -- academic year that ends with this August
    CASE held.team WHEN 'all' THEN 'total' ELSE 'team=' || held.team END AS breakdown, -- total, or team
    CAST(valued.numerator AS DOUBLE) AS numerator, -- staff in post (full-time equivalents)
    CAST(valued.denominator AS DOUBLE) AS denominator, -- established posts, each once (full-time equivalents)
    held.reason_at_end AS reason, -- no list of this August; the engine says why where there is nothing to divide by
    held._delivery AS _delivery, -- of many rows the last: the mart leads to them
    held._sheet AS _sheet,
    CAST(held._row AS INTEGER) AS _row,
    held.mark_at_end AS mark
FROM mart.fct_workforce_register AS held
LEFT JOIN valued
    ON valued.academic_year = held.academic_year
    AND valued.team = held.team
WHERE held.register = 'posts'
    AND held.is_over
    AND (held.reason_at_end IS NOT NULL OR valued.numerator > 0 OR valued.denominator > 0)

/*
title = "Agency workers among those who fill posts"
basis = "local"
area = "workforce"
unit = "percent"
polarity = "low"
grain = "one council in one academic year, in all and by team"
period_rule = "academic year: as at the end of its 31 August"
period_kind = "academic_year"
needs = ["workforce_posts.wf_post"]
rounding = "decimal_half_up(1)"
source = "domain notes 1d: agency worker rate, after DfE, Children's social work workforce"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "In full-time equivalents, on one day of the year: August is when fewest are in.",
  "Posts that nobody fills are in neither part: read it beside post_fill_rate.",
  "A year of which the register has its last month alone is not shown: it is where the next one starts.",
  "No national statistic exists of the teams that do this work: measures follow those of the children's social work workforce.",
]
reads = ["dim_council", "fct_workforce_post"]
*/
WITH register_year AS (
    SELECT academic_year
    FROM mart.fct_workforce_post
    GROUP BY academic_year
    HAVING count(DISTINCT month_end) > 1
),

part AS (
    SELECT post.academic_year, post.team, post.agency_fte AS numerator, post.filled_fte + post.agency_fte AS denominator
    FROM mart.fct_workforce_post AS post
    INNER JOIN register_year
        ON register_year.academic_year = post.academic_year
    WHERE extract(month FROM post.month_end) = 8
),

placed AS (
    SELECT academic_year, 'total' AS breakdown, numerator, denominator FROM part
    UNION ALL
    SELECT academic_year, 'team=' || team AS breakdown, numerator, denominator FROM part
)

SELECT
    placed.academic_year AS period, -- academic year that ends with this August
    'authority' AS geography_level,
    council.la_code AS geography_code, -- three-digit authority code
    council.name AS geography_name, -- as publications print it
    placed.breakdown AS breakdown, -- total, or team
    CAST(sum(placed.numerator) AS DOUBLE) AS numerator, -- agency workers (full-time equivalents)
    CAST(sum(placed.denominator) AS DOUBLE) AS denominator, -- staff and agency workers (full-time equivalents)
    CAST(NULL AS VARCHAR) AS reason, -- the engine says why where there is nothing to divide by
    CAST(NULL AS DOUBLE) AS published, -- nothing printed to compare with
    CAST(NULL AS VARCHAR) AS _delivery, -- of many rows: the mart leads to them
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM placed
CROSS JOIN mart.dim_council AS council
GROUP BY placed.academic_year, placed.breakdown, council.la_code, council.name
HAVING sum(placed.numerator) > 0
    OR sum(placed.denominator) > 0

/*
title = "Staff still in their post after twelve months"
basis = "local"
area = "workforce"
unit = "percent"
polarity = "high"
grain = "one council in one academic year, in all and by team"
period_rule = "academic year: from the 31 August before it to its own"
period_kind = "academic_year"
needs = ["workforce_posts.wf_post"]
rounding = "decimal_half_up(1)"
source = "domain notes 3.2, retention (LA team): starters at t0 still in post at t0 + 12 months"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "In persons, agency workers left out.",
  "Followed by the code that the register gives a holder, in the same post: a move within the team counts as leaving the post.",
  "There is no value for a year whose two Augusts are not both in the register.",
  "No national statistic exists of the teams that do this work: measures follow those of the children's social work workforce.",
]
reads = ["dim_council", "fct_workforce_post"]
*/
WITH in_august AS (
    SELECT DISTINCT academic_year, CAST(left(academic_year, 4) AS BIGINT) AS year_number, team, post_id, holder
    FROM mart.fct_workforce_post
    WHERE extract(month FROM month_end) = 8
        AND filled_fte > 0
        AND holder IS NOT NULL
),

august AS (
    SELECT DISTINCT academic_year, CAST(left(academic_year, 4) AS BIGINT) AS year_number
    FROM mart.fct_workforce_post
    WHERE extract(month FROM month_end) = 8
),

-- Academic years of which both ends are in the register.
known AS (
    SELECT august.academic_year, august.year_number
    FROM august
    INNER JOIN august AS before
        ON before.year_number = august.year_number - 1
),

part AS (
    SELECT
        known.academic_year,
        was.team,
        CASE WHEN still.holder IS NULL THEN 0 ELSE 1 END AS is_still
    FROM known
    INNER JOIN in_august AS was
        ON was.year_number = known.year_number - 1
    LEFT JOIN (
        SELECT DISTINCT year_number, post_id, holder FROM in_august
    ) AS still
        ON still.year_number = known.year_number
        AND still.post_id = was.post_id
        AND still.holder = was.holder
),

placed AS (
    SELECT academic_year, 'total' AS breakdown, is_still FROM part
    UNION ALL
    SELECT academic_year, 'team=' || team AS breakdown, is_still FROM part
)

SELECT
    placed.academic_year AS period, -- academic year
    'authority' AS geography_level,
    council.la_code AS geography_code, -- three-digit authority code
    council.name AS geography_name, -- as publications print it
    placed.breakdown AS breakdown, -- total, or team
    CAST(sum(placed.is_still) AS DOUBLE) AS numerator, -- of these, in the same post a year later (persons)
    CAST(count(*) AS DOUBLE) AS denominator, -- staff in post at the end of the 31 August before the year (persons)
    CAST(NULL AS VARCHAR) AS reason, -- the engine says why where there is nothing to divide by
    CAST(NULL AS DOUBLE) AS published, -- nothing printed to compare with
    CAST(NULL AS VARCHAR) AS _delivery, -- of many rows: the mart leads to them
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM placed
CROSS JOIN mart.dim_council AS council
GROUP BY placed.academic_year, placed.breakdown, council.la_code, council.name

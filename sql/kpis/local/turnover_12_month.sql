/*
title = "Staff who left their post in the year"
basis = "local"
area = "workforce"
unit = "percent"
polarity = "low"
grain = "one council in one academic year, in all and by team"
period_rule = "academic year: 1 September to 31 August"
period_kind = "academic_year"
needs = ["workforce_posts.wf_post"]
rounding = "decimal_half_up(1)"
source = "domain notes 1d: turnover, after DfE, Children's social work workforce (leavers over those in post), here over the mean of the year's two ends"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "In persons, agency workers left out. The denominator may be a half: the mean of those in post at the two ends.",
  "May exceed 100 per cent in a small team.",
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

left_in_year AS (
    SELECT DISTINCT academic_year, team, post_id, holder
    FROM mart.fct_workforce_post
    WHERE ended IS NOT NULL
        AND holder_kind = 'staff'
),

part AS (
    SELECT known.academic_year, gone.team, 1 AS leavers, 0 AS ends
    FROM known
    INNER JOIN left_in_year AS gone
        ON gone.academic_year = known.academic_year
    UNION ALL
    SELECT known.academic_year, present.team, 0 AS leavers, 1 AS ends
    FROM known
    INNER JOIN in_august AS present
        ON present.year_number IN (known.year_number - 1, known.year_number)
),

placed AS (
    SELECT academic_year, 'total' AS breakdown, leavers, ends FROM part
    UNION ALL
    SELECT academic_year, 'team=' || team AS breakdown, leavers, ends FROM part
)

SELECT
    placed.academic_year AS period, -- academic year
    'authority' AS geography_level,
    council.la_code AS geography_code, -- three-digit authority code
    council.name AS geography_name, -- as publications print it
    placed.breakdown AS breakdown, -- total, or team
    CAST(sum(placed.leavers) AS DOUBLE) AS numerator, -- staff whose time in post ended in the year (persons)
    CAST(sum(placed.ends) AS DOUBLE) * 0.5 AS denominator, -- mean of those in post at the end of 31 August before and after (persons)
    CAST(NULL AS VARCHAR) AS reason, -- the engine says why where there is nothing to divide by
    CAST(NULL AS DOUBLE) AS published, -- nothing printed to compare with
    CAST(NULL AS VARCHAR) AS _delivery, -- of many rows: the mart leads to them
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM placed
CROSS JOIN mart.dim_council AS council
GROUP BY placed.academic_year, placed.breakdown, council.la_code, council.name

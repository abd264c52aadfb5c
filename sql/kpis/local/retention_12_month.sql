/*
title = "Staff still in their team after twelve months"
basis = "local"
area = "workforce"
unit = "percent"
polarity = "high"
grain = "one council in one academic year, in all and by team"
place = "council"
period_rule = "academic year: from the 31 August before it to its own"
period_kind = "academic_year"
needs = ["workforce_posts.wf_post"]
returns = "posts"
rounding = "decimal_half_up(1)"
source = "domain notes 3.2, retention (LA team): starters at t0 still in post at t0 + 12 months, headcount and FTE"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "In persons, however many posts each holds, agency workers left out. A contract renewed within a month is not an end.",
  "In all: still in one of the teams; by team: still in that team. Read beside it: `reading=same post`, those who hold one of the posts that they held; `move=within the team`, those who hold others; `move=to another team`.",
  "`basis=fte`: in full-time equivalents as at the start, so that hours cut since do not count as staff lost.",
  "Followed by the code that the register gives a holder: a code that changes with the contract is a new person.",
  "There is no value for a year, or a team, whose two Augusts are not both in the register.",
  "No national statistic exists of the teams that do this work: measures follow those of the children's social work workforce.",
]
reads = ["fct_workforce_register", "fct_workforce_stay"]

[rows]
# The row is the last of the year that tells of the person.
every = """
SELECT
    person.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, person.breakdown,
    person.holder, person.is_at_start, person.is_at_end, person.stayed AS in_numerator, person.at_start AS in_denominator,
    person._delivery, person._sheet, person._row
FROM mart.fct_workforce_stay AS person
CROSS JOIN mart.dim_council AS council
"""
*/
WITH valued AS (
    SELECT academic_year, team, breakdown, sum(stayed) AS numerator, sum(at_start) AS denominator
    FROM mart.fct_workforce_stay
    GROUP BY academic_year, team, breakdown
    HAVING sum(stayed) > 0
        OR sum(at_start) > 0
)

SELECT
    held.academic_year AS period, -- academic year
    COALESCE(
        valued.breakdown,
        CASE held.team WHEN 'all' THEN 'total' ELSE 'team=' || held.team END
    ) AS breakdown, -- total, team, by FTE, and the ways of staying
    CAST(valued.numerator AS DOUBLE) AS numerator, -- of these, still there a year later (persons, or FTE)
    CAST(valued.denominator AS DOUBLE) AS denominator, -- staff at the end of the 31 August before the year (persons, or FTE)
    held.reason_through AS reason, -- a list of one August is missing; the engine says why where there is nothing to divide by
    held._delivery AS _delivery, -- of many rows the last: the mart leads to them
    held._sheet AS _sheet,
    CAST(held._row AS INTEGER) AS _row,
    held.mark_through AS mark
FROM mart.fct_workforce_register AS held
LEFT JOIN valued
    ON valued.academic_year = held.academic_year
    AND valued.team = held.team
    AND held.reason_through IS NULL
WHERE held.register = 'posts'
    AND held.is_over
    AND (held.reason_through IS NOT NULL OR valued.breakdown IS NOT NULL)

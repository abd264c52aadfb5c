/*
title = "Staff who left their team in the year"
basis = "local"
area = "workforce"
unit = "percent"
polarity = "low"
grain = "one council in one academic year, in all and by team"
place = "council"
period_rule = "academic year: 1 September to 31 August"
period_kind = "academic_year"
needs = ["workforce_posts.wf_post"]
returns = "posts"
rounding = "decimal_half_up(1)"
source = "domain notes 1d: turnover, after DfE, Children's social work workforce (leavers over those in post), here over the mean of the year's two ends"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "In persons, however many posts each holds, agency workers left out: who was there at the year's start or came in it, and is not there at its end. A contract renewed within a month, and a return within the year, are not leaving.",
  "In all: left every one of the teams; by team: left that team. Read beside it: `move=within the team`, who holds none of the posts held at the start and is in the team still; `move=to another team`; `reading=same post`, leavers and both kinds of movers.",
  "The denominator may be a half: the mean of those in post at the two ends. May exceed 100 per cent in a small team.",
  "`basis=fte`: what leavers filled in the last month that has them; who came and left within one month counts as a person and has no FTE.",
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
    person.holder, person.is_at_start, person.is_at_end, person.went AS in_numerator, person.mean_of_ends AS in_denominator,
    person._delivery, person._sheet, person._row
FROM mart.fct_workforce_stay AS person
CROSS JOIN mart.dim_council AS council
"""
*/
WITH valued AS (
    SELECT academic_year, team, breakdown, sum(went) AS numerator, sum(mean_of_ends) AS denominator
    FROM mart.fct_workforce_stay
    GROUP BY academic_year, team, breakdown
    HAVING sum(went) > 0
        OR sum(mean_of_ends) > 0
)

SELECT
    held.academic_year AS period, -- academic year
    COALESCE(
        valued.breakdown,
        CASE held.team WHEN 'all' THEN 'total' ELSE 'team=' || held.team END
    ) AS breakdown, -- total, team, by FTE, and moves
    CAST(valued.numerator AS DOUBLE) AS numerator, -- staff who left in the year (persons, or FTE)
    CAST(valued.denominator AS DOUBLE) AS denominator, -- mean of those in post at the end of 31 August before and after (persons, or FTE)
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

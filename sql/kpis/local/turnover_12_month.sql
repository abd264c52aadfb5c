/*
title = "Staff who left their team in the year"
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
  "In persons, however many posts each holds, agency workers left out: who was there at the year's start or came in it, and is not there at its end. A contract renewed within a month, and a return within the year, are not leaving.",
  "In all: left every one of the teams; by team: left that team. Read beside it: `move=within the team`, who holds none of the posts held at the start and is in the team still; `move=to another team`; `reading=same post`, leavers and both kinds of movers.",
  "The denominator may be a half: the mean of those in post at the two ends. May exceed 100 per cent in a small team.",
  "`basis=fte`: what leavers filled in the last month that has them; who came and left within one month counts as a person and has no FTE.",
  "Followed by the code that the register gives a holder: a code that changes with the contract is a new person.",
  "There is no value for a year, or a team, whose two Augusts are not both in the register.",
  "No national statistic exists of the teams that do this work: measures follow those of the children's social work workforce.",
]
reads = ["dim_council", "fct_workforce_register", "fct_workforce_year"]
*/
WITH member AS (
    SELECT person.*, max(person.last_month) OVER (PARTITION BY person.academic_year, person.holder) AS last_anywhere
    FROM mart.fct_workforce_year AS person
),

staff AS (
    SELECT
        academic_year,
        team,
        fte_at_start,
        fte_at_end,
        fte_last,
        CASE WHEN is_at_start THEN 1 ELSE 0 END + CASE WHEN is_at_end THEN 1 ELSE 0 END AS ends,
        CASE WHEN is_at_end THEN 0 ELSE 1 END AS is_gone,
        CASE WHEN is_at_start AND is_at_end AND NOT is_in_same_post THEN 1 ELSE 0 END AS is_moved,
        CASE WHEN NOT is_at_end AND is_elsewhere_at_end THEN 1 ELSE 0 END AS is_elsewhere
    FROM member
),

-- Each person once, however many teams.
person AS (
    SELECT
        academic_year,
        holder,
        sum(fte_at_start) AS fte_at_start,
        sum(fte_at_end) AS fte_at_end,
        sum(CASE WHEN last_month = last_anywhere THEN fte_last END) AS fte_last,
        max(CASE WHEN is_at_start THEN 1 ELSE 0 END) AS is_start,
        max(CASE WHEN is_at_end THEN 1 ELSE 0 END) AS is_end,
        max(CASE WHEN is_at_start AND is_at_end THEN 1 ELSE 0 END) AS is_in_team,
        max(CASE WHEN is_in_same_post THEN 1 ELSE 0 END) AS is_same
    FROM member
    GROUP BY academic_year, holder
),

-- Leavers of the teams in all, or of one team; movers to another team are leavers of their own and not of all.
counted AS (
    SELECT
        academic_year,
        'all' AS team,
        fte_at_start,
        fte_at_end,
        fte_last,
        is_start + is_end AS ends,
        1 - is_end AS is_gone,
        is_in_team - is_same AS is_moved,
        is_start * is_end * (1 - is_in_team) AS is_elsewhere,
        1 - is_end + is_start * is_end * (1 - is_same) AS is_out_of_post
    FROM person
    UNION ALL
    SELECT
        academic_year,
        team,
        fte_at_start,
        fte_at_end,
        fte_last,
        ends,
        is_gone,
        is_moved,
        is_elsewhere,
        is_gone + is_moved
    FROM staff
),

part AS (
    SELECT academic_year, team, CASE team WHEN 'all' THEN 'total' ELSE 'team=' || team END AS breakdown, is_gone AS numerator, ends * 0.5 AS denominator
    FROM counted
    UNION ALL
    SELECT
        academic_year,
        team,
        'basis=fte' || CASE team WHEN 'all' THEN '' ELSE ', team=' || team END,
        COALESCE(fte_last, 0) * is_gone,
        (fte_at_start + fte_at_end) * 0.5
    FROM counted
    UNION ALL
    SELECT academic_year, team, 'reading=same post' || CASE team WHEN 'all' THEN '' ELSE ', team=' || team END, is_out_of_post, ends * 0.5
    FROM counted
    UNION ALL
    SELECT academic_year, team, 'move=within the team' || CASE team WHEN 'all' THEN '' ELSE ', team=' || team END, is_moved, ends * 0.5
    FROM counted
    UNION ALL
    SELECT academic_year, team, 'move=to another team' || CASE team WHEN 'all' THEN '' ELSE ', team=' || team END, is_elsewhere, ends * 0.5
    FROM counted
),

valued AS (
    SELECT academic_year, team, breakdown, sum(numerator) AS numerator, sum(denominator) AS denominator
    FROM part
    GROUP BY academic_year, team, breakdown
    HAVING sum(numerator) > 0
        OR sum(denominator) > 0
)

SELECT
    held.academic_year AS period, -- academic year
    'authority' AS geography_level,
    council.la_code AS geography_code, -- three-digit authority code
    council.name AS geography_name, -- as publications print it
    COALESCE(
        valued.breakdown,
        CASE held.team WHEN 'all' THEN 'total' ELSE 'team=' || held.team END
    ) AS breakdown, -- total, team, by FTE, and moves
    CAST(valued.numerator AS DOUBLE) AS numerator, -- staff who left in the year (persons, or FTE)
    CAST(valued.denominator AS DOUBLE) AS denominator, -- mean of those in post at the end of 31 August before and after (persons, or FTE)
    held.reason_through AS reason, -- a list of one August is missing; the engine says why where there is nothing to divide by
    CAST(NULL AS DOUBLE) AS published, -- nothing printed to compare with
    held._delivery AS _delivery, -- of many rows the last: the mart leads to them
    held._sheet AS _sheet,
    CAST(held._row AS INTEGER) AS _row,
    FALSE AS _superseded,
    held.mark_through AS mark
FROM mart.fct_workforce_register AS held
CROSS JOIN mart.dim_council AS council
LEFT JOIN valued
    ON valued.academic_year = held.academic_year
    AND valued.team = held.team
    AND held.reason_through IS NULL
WHERE held.register = 'posts'
    AND held.is_over
    AND (held.reason_through IS NOT NULL OR valued.breakdown IS NOT NULL)

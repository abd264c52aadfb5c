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
  "There is no value for a year whose two Augusts are not both in the register.",
  "No national statistic exists of the teams that do this work: measures follow those of the children's social work workforce.",
]
reads = ["dim_council", "fct_workforce_post", "fct_workforce_year"]
*/
WITH august AS (
    SELECT DISTINCT CAST(left(academic_year, 4) AS BIGINT) AS year_number
    FROM mart.fct_workforce_post
    WHERE extract(month FROM month_end) = 8
),

-- Academic years of which both ends are in the register.
known AS (
    SELECT august.year_number
    FROM august
    INNER JOIN august AS before
        ON before.year_number = august.year_number - 1
),

member AS (
    SELECT person.*, max(person.last_month) OVER (PARTITION BY person.academic_year, person.holder) AS last_anywhere
    FROM mart.fct_workforce_year AS person
    INNER JOIN known
        ON known.year_number = CAST(left(person.academic_year, 4) AS BIGINT)
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
        '' AS suffix,
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
        'team=' || team,
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
    SELECT academic_year, CASE suffix WHEN '' THEN 'total' ELSE suffix END AS breakdown, is_gone AS numerator, ends * 0.5 AS denominator
    FROM counted
    UNION ALL
    SELECT
        academic_year,
        'basis=fte' || CASE suffix WHEN '' THEN '' ELSE ', ' || suffix END,
        COALESCE(fte_last, 0) * is_gone,
        (fte_at_start + fte_at_end) * 0.5
    FROM counted
    UNION ALL
    SELECT academic_year, 'reading=same post' || CASE suffix WHEN '' THEN '' ELSE ', ' || suffix END, is_out_of_post, ends * 0.5
    FROM counted
    UNION ALL
    SELECT academic_year, 'move=within the team' || CASE suffix WHEN '' THEN '' ELSE ', ' || suffix END, is_moved, ends * 0.5
    FROM counted
    UNION ALL
    SELECT academic_year, 'move=to another team' || CASE suffix WHEN '' THEN '' ELSE ', ' || suffix END, is_elsewhere, ends * 0.5
    FROM counted
)

SELECT
    part.academic_year AS period, -- academic year
    'authority' AS geography_level,
    council.la_code AS geography_code, -- three-digit authority code
    council.name AS geography_name, -- as publications print it
    part.breakdown AS breakdown, -- total, team, by FTE, and moves
    CAST(sum(part.numerator) AS DOUBLE) AS numerator, -- staff who left in the year (persons, or FTE)
    CAST(sum(part.denominator) AS DOUBLE) AS denominator, -- mean of those in post at the end of 31 August before and after (persons, or FTE)
    CAST(NULL AS VARCHAR) AS reason, -- the engine says why where there is nothing to divide by
    CAST(NULL AS DOUBLE) AS published, -- nothing printed to compare with
    CAST(NULL AS VARCHAR) AS _delivery, -- of many rows: the mart leads to them
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM part
CROSS JOIN mart.dim_council AS council
GROUP BY part.academic_year, part.breakdown, council.la_code, council.name
HAVING sum(part.numerator) > 0
    OR sum(part.denominator) > 0

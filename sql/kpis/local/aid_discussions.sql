/*
title = "Children discussed in Area Inclusion Discussions"
basis = "local"
area = "ASW2"
unit = "count"
polarity = "none"
grain = "one council in one academic year, by trigger, area and outcome, and the outcomes of each trigger and area"
place = "council"
period_rule = "academic year of the meeting"
period_kind = "academic_year"
needs = ["inclusion_discussions.aid_register"]
rounding = "decimal_half_up(0)"
source = "APP letter of 22 January 2024, Area Inclusion Discussions: number of children picked up; domain notes 1f, aid_register"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Discussions that took place: a child discussed twice counts twice, and one that was on the agenda only does not.",
  "`outcome=not told`: the register does not say yet what became of it; OPEN is what it says of a discussion that goes on.",
]
reads = ["fct_inclusion_discussion", "fct_register_year"]

[rows]
every = """
SELECT
    discussion.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code,
    CASE split.kind
        WHEN 'total' THEN 'total'
        WHEN 'area' THEN 'area=' || discussion.area
        WHEN 'trigger' THEN 'trigger=' || discussion.trigger
        WHEN 'outcome' THEN 'outcome=' || COALESCE(discussion.outcome, 'not told')
        WHEN 'area and outcome' THEN 'area=' || discussion.area || ', outcome=' || COALESCE(discussion.outcome, 'not told')
        ELSE 'outcome=' || COALESCE(discussion.outcome, 'not told') || ', trigger=' || discussion.trigger
    END AS breakdown,
    discussion.pupil, discussion.meeting_date, discussion.trigger, discussion.area, discussion.outcome, 1 AS in_numerator,
    discussion._delivery, discussion._sheet, discussion._row
FROM mart.fct_inclusion_discussion AS discussion
CROSS JOIN mart.dim_council AS council
CROSS JOIN (
    VALUES ('total'), ('area'), ('trigger'), ('outcome'), ('area and outcome'), ('outcome and trigger')
) AS split (kind)
WHERE discussion.is_discussed
"""

[series]
day = "meeting_date"
marks = "inclusion_discussions"
kinds = ["month", "term", "calendar_year", "rolling_12_months", "academic_year_to_date"]
*/
WITH discussion AS (
    SELECT academic_year, area, trigger, COALESCE(outcome, 'not told') AS outcome
    FROM mart.fct_inclusion_discussion
    WHERE is_discussed
),

placed AS (
    SELECT academic_year, 'total' AS breakdown FROM discussion
    UNION ALL
    SELECT academic_year, 'area=' || area FROM discussion
    UNION ALL
    SELECT academic_year, 'outcome=' || outcome FROM discussion
    UNION ALL
    SELECT academic_year, 'trigger=' || trigger FROM discussion
    UNION ALL
    SELECT academic_year, 'area=' || area || ', outcome=' || outcome FROM discussion
    UNION ALL
    SELECT academic_year, 'outcome=' || outcome || ', trigger=' || trigger FROM discussion
),

counted AS (
    SELECT academic_year, breakdown, count(*) AS children
    FROM placed
    GROUP BY academic_year, breakdown
)

SELECT
    held.academic_year AS period, -- academic year
    COALESCE(counted.breakdown, 'total') AS breakdown, -- total, trigger, area, outcome
    CASE WHEN held.entries > 0 THEN CAST(COALESCE(counted.children, 0) AS DOUBLE) END AS numerator, -- children discussed
    CASE WHEN held.entries = 0 THEN 'unavailable' END AS reason, -- the engine says why where there is nothing to divide by
    held._delivery AS _delivery, -- of many rows the last
    held._sheet AS _sheet,
    CAST(held._row AS INTEGER) AS _row,
    held.mark AS mark
FROM mart.fct_register_year AS held
LEFT JOIN counted ON counted.academic_year = held.academic_year
WHERE held.register = 'inclusion_discussions'

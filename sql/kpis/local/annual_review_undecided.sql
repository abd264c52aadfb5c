/*
title = "Annual reviews that wait for a decision, by weeks since the meeting"
basis = "local"
area = "ASW1"
unit = "count"
polarity = "low"
grain = "one council in one calendar year, by weeks since the meeting"
place = "council"
period_rule = "calendar year that the SEN2 return speaks for"
period_kind = "calendar_year"
day = "last_meeting"
needs = ["sen2.active_plan"]
rounding = "decimal_half_up(0)"
source = "SEND Regulations 2014, regulations 20(10) and 21(10): the decision is told within four weeks of the meeting; DfE, Education, health and care plans, 2025: review_decision_outstanding"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "What annual_review_4_week_decision leaves out: last meetings of plans in force on which the return has no decision.",
  "Weeks are counted to 31 December; a meeting after it, before census day, is among `age=0-4 weeks`.",
  "A decision dated before the meeting is one on the review before: such a meeting waits.",
]
reads = ["dim_sen2_return", "fct_ehcp_plan_in_force"]

[rows]
every = """
SELECT
    plan.calendar_year AS period, 'authority' AS geography_level, council.la_code AS geography_code,
    CASE
        WHEN split.kind = 'total' THEN 'total'
        WHEN days_between(plan.last_meeting, plan.year_end) <= 28 THEN 'age=0-4 weeks'
        WHEN days_between(plan.last_meeting, plan.year_end) <= 84 THEN 'age=4-12 weeks'
        ELSE 'age=over 12 weeks'
    END AS breakdown,
    plan.request_id, plan.issued, plan.last_meeting, days_between(plan.last_meeting, plan.year_end) AS days_at_year_end,
    1 AS in_numerator, plan._delivery, plan._sheet, plan._row
FROM mart.fct_ehcp_plan_in_force AS plan
CROSS JOIN mart.dim_council AS council
CROSS JOIN (VALUES ('total'), ('age')) AS split (kind)
WHERE plan.last_meeting IS NOT NULL
    AND plan.last_decided IS NULL
"""
*/
WITH band AS (
    SELECT 'total' AS breakdown, -1000000 AS from_days, 1000000 AS to_days
    UNION ALL
    SELECT 'age=0-4 weeks', -1000000, 28
    UNION ALL
    SELECT 'age=4-12 weeks', 29, 84
    UNION ALL
    SELECT 'age=over 12 weeks', 85, 1000000
)

SELECT
    sen2.calendar_year AS period, -- calendar year of the return
    band.breakdown, -- total, or weeks since the meeting; a band without a review is a true zero
    CASE WHEN sen2.has_meetings THEN CAST(count(plan.active_plan_id) AS DOUBLE) END AS numerator, -- last meetings without a decision
    CASE WHEN NOT sen2.has_meetings THEN 'unavailable' END AS reason, -- no meetings in the return
    CASE
        WHEN sen2.active_plans = 0 THEN 'no source: ' || sen2.absence
        WHEN NOT sen2.has_meetings THEN 'no source: the SEN2 return of ' || sen2.collection_year || ' gives no meetings of reviews'
    END AS mark
FROM mart.dim_sen2_return AS sen2
CROSS JOIN band
LEFT JOIN mart.fct_ehcp_plan_in_force AS plan
    ON plan.calendar_year = sen2.calendar_year
    AND plan.last_meeting IS NOT NULL
    AND plan.last_decided IS NULL
    AND days_between(plan.last_meeting, plan.year_end) BETWEEN band.from_days AND band.to_days
GROUP BY
    sen2.calendar_year, sen2.collection_year, sen2.active_plans, sen2.absence, sen2.has_meetings, sen2.has_previous_meetings, band.breakdown
HAVING sen2.has_meetings
    OR band.breakdown = 'total'

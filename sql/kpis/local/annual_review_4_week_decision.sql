/*
title = "Decisions upon annual reviews told within 4 weeks of the meeting"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one calendar year"
place = "council"
period_rule = "calendar year that the SEN2 return speaks for"
period_kind = "calendar_year"
day = "last_decided"
needs = ["sen2.active_plan"]
rounding = "decimal_half_up(1)"
source = "SEND Regulations 2014, regulations 20(10) and 21(10); DfE, Education, health and care plans, 2025: number_decsion_4weeks over those within and over four weeks, which are all decisions that the return carries (Somerset 2024: 632 of 632 + 3,550)"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "As DfE divides it: all decisions on the last meetings that the return has, whatever the year of the meeting or of the decision, up to census day. A meeting without a decision is in neither part: annual_review_undecided counts those.",
  "`meeting=in the year` are the last meetings that were held in the calendar year alone.",
  "A decision that is dated before the meeting is one on the review before, and in neither part; rule X-015 lists them. How DfE takes it is not published.",
  "Plans in force on census day only: a plan that was ended upon its review is not in the return.",
]
reads = ["dim_sen2_return", "fct_ehcp_plan_in_force"]

[rows]
every = """
SELECT
    plan.calendar_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, scope.breakdown,
    plan.request_id, plan.issued, plan.last_meeting, plan.last_decided, plan.days_to_decision,
    CASE WHEN plan.days_to_decision <= 28 THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator, plan._delivery, plan._sheet, plan._row
FROM mart.fct_ehcp_plan_in_force AS plan
CROSS JOIN mart.dim_council AS council
CROSS JOIN (VALUES ('total'), ('meeting=in the year')) AS scope (breakdown)
WHERE plan.days_to_decision IS NOT NULL
    AND (scope.breakdown = 'total' OR plan.last_meeting BETWEEN plan.year_start AND plan.year_end)
"""
*/
WITH decided AS (
    SELECT calendar_year, days_to_decision, 'total' AS breakdown
    FROM mart.fct_ehcp_plan_in_force
    WHERE days_to_decision IS NOT NULL
    UNION ALL
    SELECT calendar_year, days_to_decision, 'meeting=in the year' AS breakdown
    FROM mart.fct_ehcp_plan_in_force
    WHERE days_to_decision IS NOT NULL
        AND last_meeting BETWEEN year_start AND year_end
),

breakdown AS (
    SELECT 'total' AS breakdown
    UNION ALL
    SELECT 'meeting=in the year' AS breakdown
)

SELECT
    sen2.calendar_year AS period, -- calendar year of the return
    breakdown.breakdown, -- all decisions of the return, or those on meetings of the year
    CAST(count(*) FILTER (WHERE decided.days_to_decision <= 28) AS DOUBLE) AS numerator, -- of these, told at most 28 days after the meeting
    CAST(count(decided.days_to_decision) AS DOUBLE) AS denominator, -- decisions on the last meetings of plans in force
    CASE WHEN NOT sen2.has_meetings THEN 'unavailable' END AS reason, -- no meetings in the return
    CASE
        WHEN sen2.active_plans = 0 THEN 'no source: ' || sen2.absence
        WHEN NOT sen2.has_meetings THEN 'no source: the SEN2 return of ' || sen2.collection_year || ' gives no meetings of reviews'
    END AS mark
FROM mart.dim_sen2_return AS sen2
CROSS JOIN breakdown
LEFT JOIN decided
    ON decided.calendar_year = sen2.calendar_year
    AND decided.breakdown = breakdown.breakdown
GROUP BY
    sen2.calendar_year, sen2.collection_year, sen2.active_plans, sen2.absence, sen2.has_meetings, sen2.has_previous_meetings, breakdown.breakdown
HAVING count(decided.days_to_decision) > 0
    OR (breakdown.breakdown = 'total' AND NOT sen2.has_meetings)

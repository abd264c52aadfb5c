/*
title = "Plans expected to have an annual review with a meeting within twelve months of the one before"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one calendar year"
place = "council"
period_rule = "calendar year that the SEN2 return speaks for"
period_kind = "calendar_year"
day = "last_meeting_by_year_end"
needs = ["sen2.active_plan"]
rounding = "decimal_half_up(1)"
source = "Children and Families Act 2014, section 44(1); SEND Regulations 2014, regulations 18 to 21; domain notes 3.5, definition (b): meeting in the year and within twelve months of the last meeting, or of the plan where it is the first"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Reviews `completed within 12 months` have no single definition: read annual_review_held_in_year, annual_review_within_12_months and annual_review_decision_within_12_months side by side, and say which one is meant.",
  "Expected are plans on census day that were in force here all through the year: issued on 1 January or before, and not moved in during the year. DfE's own rule for review_expected is not published.",
  "Whether a meeting came in time hangs on the meeting before, which the return of the year before has: there is no value for a year without it. A meeting that is known to be within twelve months of the one before it counts; one of which that is not known does not, and the mark counts them.",
  "Twelve months end on the same day a year later, that day included.",
  "Of a plan that moved in, the meetings that the authority before held are not here: from the year after its move it is reckoned from those since.",
  "SEN2 has the last meeting of a plan only: of two between two census days the earlier is not seen.",
]
reads = ["dim_sen2_return", "fct_ehcp_plan_in_force"]

[rows]
every = """
SELECT
    plan.calendar_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, 'total' AS breakdown,
    plan.request_id, plan.issued, plan.last_meeting_by_year_end, plan.is_met_in_time,
    CASE WHEN plan.is_met_in_time THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator, plan._delivery, plan._sheet, plan._row
FROM mart.fct_ehcp_plan_in_force AS plan
CROSS JOIN mart.dim_council AS council
WHERE plan.is_review_expected
"""
*/
SELECT
    sen2.calendar_year AS period, -- calendar year of the return
    CAST(count(*) FILTER (WHERE plan.is_met_in_time) AS DOUBLE) AS numerator, -- of these, with a meeting in the year and by its twelve months
    CAST(count(plan.active_plan_id) AS DOUBLE) AS denominator, -- plans in force all through the year
    CASE
        WHEN NOT sen2.has_meetings OR NOT sen2.has_previous_meetings THEN 'unavailable'
        WHEN count(plan.is_met_in_time) = 0 THEN 'unavailable'
    END AS reason, -- no meetings in this return or the one before, or of no plan known
    CASE
        WHEN sen2.active_plans = 0 THEN 'no source: ' || sen2.absence
        WHEN NOT sen2.has_meetings THEN 'no source: the SEN2 return of ' || sen2.collection_year || ' gives no meetings of reviews'
        WHEN NOT sen2.has_previous_meetings THEN
            'no source: the SEN2 return of ' || CAST(CAST(sen2.collection_year AS INTEGER) - 1 AS VARCHAR)
            || ', which has the meetings before, did not come or gives none'
        ELSE NULLIF(substring(
            CASE WHEN count(plan.active_plan_id) = count(plan.is_met_in_time) THEN '' ELSE
                '; partial: of ' || CAST(count(plan.active_plan_id) - count(plan.is_met_in_time) AS VARCHAR) || ' of '
                || CAST(count(plan.active_plan_id) AS VARCHAR)
                || ' plans the returns do not say whether it was in time: the meeting before, or that of the year, is in none'
            END
            || COALESCE('; partial: ' || sen2.absence || ': which plans were in force all through the year may be wrong', '')
            || COALESCE('; partial: ' || sen2.previous_absence || ': meetings before and days of issue may be missing', '')
        FROM 3), '')
    END AS mark
FROM mart.dim_sen2_return AS sen2
LEFT JOIN mart.fct_ehcp_plan_in_force AS plan
    ON plan.calendar_year = sen2.calendar_year
    AND plan.is_review_expected
GROUP BY
    sen2.calendar_year, sen2.collection_year, sen2.active_plans, sen2.absence, sen2.previous_absence, sen2.has_meetings, sen2.has_previous_meetings
HAVING count(plan.active_plan_id) > 0
    OR NOT sen2.has_meetings

/*
title = "Plans expected to have an annual review with a meeting in the year"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one calendar year"
place = "council"
period_rule = "calendar year that the SEN2 return speaks for"
period_kind = "calendar_year"
needs = ["sen2.active_plan"]
rounding = "decimal_half_up(1)"
source = "Children and Families Act 2014, section 44(1); SEND Regulations 2014, regulations 18 to 21; domain notes 3.5, definition (a): meeting in the calendar year over reviews expected"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Reviews `completed within 12 months` have no single definition: read annual_review_held_in_year, annual_review_within_12_months and annual_review_decision_within_12_months side by side, and say which one is meant.",
  "Expected are plans on census day that were in force here all through the year: issued on 1 January or before, and not moved in during the year. DfE's own rule for review_expected is not published.",
  "A return has one meeting a plan, the last before its census day in January. Meetings are taken from the returns of all years that are here; where the only meeting told lies after 31 December, whether there was one in the year is not known, and the mark counts such plans.",
  "The widest of the three: a review held 20 months after the last one counts.",
  "`plans=moved in during the year` are not in the total: of them a review is due twelve months after the last one, which the authority before held.",
]
reads = ["dim_sen2_return", "fct_ehcp_plan_in_force"]

[rows]
every = """
SELECT
    plan.calendar_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, scope.breakdown,
    plan.request_id, plan.issued, plan.moved_from, plan.last_meeting_by_year_end, plan.meetings_in_year,
    CASE WHEN plan.is_met_in_year THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator, plan._delivery, plan._sheet, plan._row
FROM mart.fct_ehcp_plan_in_force AS plan
CROSS JOIN mart.dim_council AS council
CROSS JOIN (VALUES ('total'), ('plans=moved in during the year')) AS scope (breakdown)
WHERE (scope.breakdown = 'total' AND plan.is_review_expected)
    OR (scope.breakdown <> 'total' AND plan.is_moved_in)
"""
*/
WITH counted AS (
    SELECT calendar_year, active_plan_id, 'total' AS breakdown, is_met_in_year, is_meeting_hidden
    FROM mart.fct_ehcp_plan_in_force
    WHERE is_review_expected
    UNION ALL
    SELECT calendar_year, active_plan_id, 'plans=moved in during the year' AS breakdown, is_met_in_year, is_meeting_hidden
    FROM mart.fct_ehcp_plan_in_force
    WHERE is_moved_in
),

breakdown AS (
    SELECT 'total' AS breakdown
    UNION ALL
    SELECT 'plans=moved in during the year' AS breakdown
)

SELECT
    sen2.calendar_year AS period, -- calendar year of the return
    breakdown.breakdown, -- all plans in force all through the year; beside them those that moved in
    CAST(count(*) FILTER (WHERE counted.is_met_in_year) AS DOUBLE) AS numerator, -- of these, with a review meeting in the year
    CAST(count(counted.active_plan_id) AS DOUBLE) AS denominator, -- plans in force all through the year; plans moved in
    CASE
        WHEN NOT sen2.has_meetings THEN 'unavailable'
        WHEN count(counted.active_plan_id) = count(*) FILTER (WHERE counted.is_meeting_hidden) THEN 'unavailable'
    END AS reason, -- no meetings in the return, or of no plan known
    CASE
        WHEN sen2.active_plans = 0 THEN 'no source: ' || sen2.absence
        WHEN NOT sen2.has_meetings THEN 'no source: the SEN2 return of ' || sen2.collection_year || ' gives no meetings of reviews'
        ELSE NULLIF(
            CASE WHEN count(*) FILTER (WHERE counted.is_meeting_hidden) = 0 THEN '' ELSE
                'partial: ' || CAST(count(*) FILTER (WHERE counted.is_meeting_hidden) AS VARCHAR) || ' of '
                || CAST(count(counted.active_plan_id) AS VARCHAR)
                || ' plans were last reviewed between 31 December and census day, and no return says whether in the year too'
            END
            || CASE WHEN count(*) FILTER (WHERE counted.is_meeting_hidden) > 0 AND sen2.absence IS NOT NULL THEN '; ' ELSE '' END
            || COALESCE('partial: ' || sen2.absence || ': which plans were in force all through the year may be wrong', ''),
            ''
        )
    END AS mark
FROM mart.dim_sen2_return AS sen2
CROSS JOIN breakdown
LEFT JOIN counted
    ON counted.calendar_year = sen2.calendar_year
    AND counted.breakdown = breakdown.breakdown
GROUP BY
    sen2.calendar_year, sen2.collection_year, sen2.active_plans, sen2.absence, sen2.has_meetings, sen2.has_previous_meetings, breakdown.breakdown
HAVING count(counted.active_plan_id) > 0
    OR (breakdown.breakdown = 'total' AND (NOT sen2.has_meetings OR sen2.absence IS NOT NULL))

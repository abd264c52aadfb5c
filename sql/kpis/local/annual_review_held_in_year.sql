/*
title = "Plans expected to have an annual review with a meeting in the year"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one calendar year"
period_rule = "calendar year that the SEN2 return speaks for"
period_kind = "calendar_year"
needs = ["sen2.active_plan"]
rounding = "f64_floor_half(1)"
source = "Children and Families Act 2014, section 44(1); SEND Regulations 2014, regulations 18 to 21; domain notes 3.5, definition (a): meeting in the calendar year over reviews expected"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Reviews `completed within 12 months` have no single definition: read annual_review_held_in_year, annual_review_within_12_months and annual_review_decision_within_12_months side by side, and say which one is meant.",
  "Expected are plans in force on 31 December and all through the year: issued before 1 January, or in the return of the year before. DfE's own rule for review_expected is not published.",
  "The widest of the three: a review held 20 months after the last one counts.",
]
reads = ["dim_council", "fct_ehcp_plan_in_force"]
*/
SELECT
    plan.calendar_year AS period, -- calendar year of the return
    'authority' AS geography_level,
    council.la_code AS geography_code, -- three-digit authority code
    council.name AS geography_name, -- as publications print it
    'total' AS breakdown, -- the whole council
    CAST(count(*) FILTER (WHERE plan.is_met_in_year) AS DOUBLE) AS numerator, -- of these, with a review meeting in the year
    CAST(count(*) AS DOUBLE) AS denominator, -- plans in force all through the year
    CAST(NULL AS VARCHAR) AS reason, -- a count of rows always has a value
    CAST(NULL AS DOUBLE) AS published, -- nothing printed to compare with
    CAST(NULL AS VARCHAR) AS _delivery, -- of many rows: the mart leads to them
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM mart.fct_ehcp_plan_in_force AS plan
CROSS JOIN mart.dim_council AS council
WHERE plan.is_review_expected
    AND plan.return_has_meetings
GROUP BY plan.calendar_year, council.la_code, council.name

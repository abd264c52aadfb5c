/*
title = "Annual reviews decided within 4 weeks of the meeting"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one calendar year"
period_rule = "calendar year that the SEN2 return speaks for"
period_kind = "calendar_year"
needs = ["sen2.active_plan"]
rounding = "f64_floor_half(1)"
source = "SEND Regulations 2014, regulations 20(10) and 21(10); DfE, Education, health and care plans, 2025: number_decsion_4weeks over those within and over four weeks"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Only reviews with a decision by 31 December are counted: those that wait for one are not, however long.",
  "Plans in force on census day only: a plan that was ended upon its review is not in the return.",
  "SEN2 has the last meeting of a plan only: of two in one year the earlier is not seen.",
]
reads = ["dim_council", "fct_ehcp_plan_in_force"]
*/
SELECT
    plan.calendar_year AS period, -- calendar year of the return
    'authority' AS geography_level,
    council.la_code AS geography_code, -- three-digit authority code
    council.name AS geography_name, -- as publications print it
    'total' AS breakdown, -- the whole council
    CAST(count(*) FILTER (WHERE plan.days_to_decision <= 28) AS DOUBLE) AS numerator, -- of these, told at most 28 days after the meeting
    CAST(count(*) AS DOUBLE) AS denominator, -- meetings in the year whose decision was told by 31 December
    CAST(NULL AS VARCHAR) AS reason, -- a count of rows always has a value
    CAST(NULL AS DOUBLE) AS published, -- nothing printed to compare with
    CAST(NULL AS VARCHAR) AS _delivery, -- of many rows: the mart leads to them
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM mart.fct_ehcp_plan_in_force AS plan
CROSS JOIN mart.dim_council AS council
WHERE plan.is_met_in_year
    AND plan.is_decided_in_year
GROUP BY plan.calendar_year, council.la_code, council.name

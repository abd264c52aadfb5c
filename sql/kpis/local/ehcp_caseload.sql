/*
title = "Education, health and care plans maintained"
basis = "local"
area = "context"
unit = "count"
polarity = "none"
grain = "one council in one academic year"
place = "council"
period_rule = "academic year: the January census within it (2024/25 is January 2025)"
period_kind = "academic_year"
needs = ["sen2.active_plan"]
rounding = "decimal_half_up(0)"
source = "DfE, SEN2 guide, module 5a; Education, health and care plans, 2025, caseload"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Counted as the return has them on census day in January; a plan whose row was refused is not counted: see `sendmart faults`.",
  "Person by person since the return of 2023: earlier totals are another series.",
]
reads = ["dim_sen2_return"]

[rows]
every = """
SELECT
    plan.census_academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, 'total' AS breakdown,
    plan.request_id, plan.received, plan.issued, plan.moved_from, plan.last_meeting, 1 AS in_numerator,
    plan._delivery, plan._sheet, plan._row
FROM mart.fct_ehcp_plan_in_force AS plan
CROSS JOIN mart.dim_council AS council
"""
*/
SELECT
    sen2.census_academic_year AS period, -- academic year of the January census
    CASE WHEN sen2.active_plans > 0 THEN CAST(sen2.active_plans AS DOUBLE) END AS numerator, -- plans maintained on census day
    CASE WHEN sen2.active_plans = 0 THEN 'unavailable' END AS reason, -- the return has no plans in force
    CASE WHEN sen2.active_plans = 0 THEN 'no source: ' || sen2.absence END AS mark
FROM mart.dim_sen2_return AS sen2

/*
title = "Education, health and care plans maintained"
basis = "local"
area = "context"
unit = "count"
polarity = "none"
grain = "one council in one academic year"
period_rule = "academic year: the January census within it (2024/25 is January 2025)"
period_kind = "academic_year"
needs = ["sen2.active_plan"]
rounding = "none(0)"
source = "DfE, SEN2 guide, module 5a; Education, health and care plans, 2025, caseload"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Counted as the return has them on census day in January; a plan whose row was refused is not counted: see `sendmart faults`.",
  "Person by person since the return of 2023: earlier totals are another series.",
]
reads = ["dim_council", "fct_ehcp_plan_in_force"]
*/
SELECT
    plan.census_academic_year AS period, -- academic year of the January census
    'authority' AS geography_level,
    council.la_code AS geography_code, -- three-digit authority code
    council.name AS geography_name, -- as publications print it
    'total' AS breakdown, -- the whole council
    CAST(count(*) AS DOUBLE) AS numerator, -- plans maintained on census day
    CAST(NULL AS DOUBLE) AS denominator, -- none: a count
    CAST(NULL AS VARCHAR) AS reason, -- a count of rows always has a value
    CAST(NULL AS DOUBLE) AS published, -- nothing printed to compare with
    CAST(NULL AS VARCHAR) AS _delivery, -- of many rows: the mart leads to them
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM mart.fct_ehcp_plan_in_force AS plan
CROSS JOIN mart.dim_council AS council
GROUP BY plan.census_academic_year, council.la_code, council.name

/*
title = "Education, health and care plans issued within 20 weeks, including exceptions"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one calendar year"
period_rule = "calendar year in which the plan was issued"
period_kind = "calendar_year"
needs = ["sen2.request", "sen2.assessment"]
rounding = "f64_floor_half(1)"
source = "SEND Regulations 2014, regulation 13(2); counted as DfE counts SEN2 (140 days from receipt of the request), rounded as its files of 2025 are"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Only plans that were issued are counted, so clearing old cases lowers the figure: read it beside ehcp_backlog.",
  "The end of the 20 weeks is the day of the assessment's outcome, and where the return lacks it the start of the plan; how DfE takes it is not published. mart.fct_ehcp_plan.start_differs lists plans where the two differ.",
  "A plan that was issued after another authority's assessment (outcome S) is not counted.",
  "A plan whose request is missing from the return has no day of receipt and is left out: the check ehcp_records_have_their_parents tells of them.",
]
reads = ["dim_council", "fct_ehcp_plan"]
*/
SELECT
    plan.calendar_year AS period, -- calendar year of issue
    'authority' AS geography_level,
    council.la_code AS geography_code, -- three-digit authority code
    council.name AS geography_name, -- as publications print it
    'total' AS breakdown, -- the whole council
    CAST(count(*) FILTER (WHERE plan.days_to_issue <= 140) AS DOUBLE) AS numerator, -- new plans issued at most 140 days after the request was received
    CAST(count(*) AS DOUBLE) AS denominator, -- new plans issued in the year
    CAST(NULL AS VARCHAR) AS reason, -- a count of rows always has a value
    CAST(NULL AS DOUBLE) AS published, -- nothing printed to compare with
    CAST(NULL AS VARCHAR) AS _delivery, -- of many rows: the mart leads to them
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM mart.fct_ehcp_plan AS plan
CROSS JOIN mart.dim_council AS council
WHERE plan.is_new
    AND plan.days_to_issue IS NOT NULL
GROUP BY plan.calendar_year, council.la_code, council.name

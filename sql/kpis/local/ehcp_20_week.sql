/*
title = "Education, health and care plans issued within 20 weeks, including exceptions"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one calendar year"
place = "council"
period_rule = "calendar year in which the plan was issued"
period_kind = "calendar_year"
needs = ["sen2.request", "sen2.assessment"]
rounding = "decimal_half_up(1)"
source = "SEND Regulations 2014, regulation 13(2); counted as DfE counts SEN2 (140 days from receipt of the request)"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Only plans that were issued are counted, so clearing old cases lowers the figure: read it beside ehcp_backlog.",
  "The end of the 20 weeks is the day of the assessment's outcome, and where the return lacks it the start of the plan; how DfE takes it is not published. mart.fct_ehcp_plan.start_differs lists plans where the two differ.",
  "A plan that was issued after another authority's assessment (outcome S) is not counted.",
  "A plan whose request is missing from the return has no day of receipt and is left out: the mark counts them, and the check ehcp_records_have_their_parents lists them.",
  "A year whose return, or whose requests or assessments, are not here has no value, and the mark says what is missing.",
]
reads = ["dim_sen2_return", "fct_ehcp_plan"]

[rows]
every = """
SELECT
    plan.calendar_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, 'total' AS breakdown,
    plan.request_id, plan.received, plan.issued, plan.days_to_issue,
    CASE WHEN plan.days_to_issue <= 140 THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator,
    plan._delivery, plan._sheet, plan._row
FROM mart.fct_ehcp_plan AS plan
CROSS JOIN mart.dim_council AS council
WHERE plan.is_new
    AND plan.days_to_issue IS NOT NULL
"""
*/
SELECT
    sen2.calendar_year AS period, -- calendar year of issue
    CAST(count(*) FILTER (WHERE plan.days_to_issue <= 140) AS DOUBLE) AS numerator, -- new plans issued at most 140 days after the request was received
    CAST(count(plan.days_to_issue) AS DOUBLE) AS denominator, -- new plans issued in the year
    CASE WHEN sen2.requests = 0 OR sen2.assessments = 0 THEN 'unavailable' END AS reason, -- the return has no requests or no assessments
    CASE
        WHEN sen2.requests = 0 OR sen2.assessments = 0 THEN 'no source: ' || sen2.absence
        WHEN count(plan.calendar_year) > count(plan.days_to_issue) THEN
            'partial: ' || CAST(count(plan.calendar_year) - count(plan.days_to_issue) AS VARCHAR) || ' of '
            || CAST(count(plan.calendar_year) AS VARCHAR) || ' plans issued have no day of receipt and are left out'
        WHEN sen2.named_plans = 0 THEN 'partial: ' || sen2.absence || ': plans whose outcome has no day are left out'
    END AS mark
FROM mart.dim_sen2_return AS sen2
LEFT JOIN mart.fct_ehcp_plan AS plan
    ON plan.calendar_year = sen2.calendar_year
    AND plan.is_new
GROUP BY sen2.calendar_year, sen2.requests, sen2.assessments, sen2.named_plans, sen2.absence
HAVING count(plan.days_to_issue) > 0
    OR sen2.requests = 0
    OR sen2.assessments = 0

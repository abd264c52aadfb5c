/*
title = "Education, health and care plans issued after more than a year, including exceptions"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "low"
grain = "one council in one calendar year"
place = "council"
period_rule = "calendar year in which the plan was issued"
period_kind = "calendar_year"
needs = ["sen2.request", "sen2.assessment"]
rounding = "decimal_half_up(1)"
source = "DfE, Education, health and care plans, 2025: gt20weeks_ltYear, gt_1_year, over all plans issued; bands by days as ehcp_backlog has them: a year is 52 weeks, 364 days"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "With ehcp_20_week and ehcp_issued_20_to_52_weeks it adds up to all plans issued.",
  "It rises while old cases are cleared: read it beside ehcp_backlog.",
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
    CASE WHEN plan.days_to_issue > 364 THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator,
    plan._delivery, plan._sheet, plan._row
FROM mart.fct_ehcp_plan AS plan
CROSS JOIN mart.dim_council AS council
WHERE plan.is_new
    AND plan.days_to_issue IS NOT NULL
"""
*/
SELECT
    sen2.calendar_year AS period, -- calendar year of issue
    CAST(count(*) FILTER (WHERE plan.days_to_issue > 364) AS DOUBLE) AS numerator, -- new plans issued more than 364 days after the request was received
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

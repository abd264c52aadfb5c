/*
title = "Refusals to issue a plan told within 16 weeks"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one calendar year"
period_rule = "calendar year in which the refusal was told, whenever the request came"
period_kind = "calendar_year"
needs = ["sen2.request", "sen2.assessment"]
rounding = "f64_floor_half(1)"
source = "SEND Regulations 2014, regulation 10(1); DfE, Education, health and care plans, 2025: outcome_decision_within_time"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Small numbers: a council refuses few plans after an assessment, so one case moves the figure by many points.",
  "A refusal whose day is missing is in neither part; rule SEN2-030 lists them.",
]
reads = ["dim_council", "fct_ehcp_request"]
*/
SELECT
    request.calendar_year AS period, -- calendar year of the refusal
    'authority' AS geography_level,
    council.la_code AS geography_code, -- three-digit authority code
    council.name AS geography_name, -- as publications print it
    'total' AS breakdown, -- the whole council
    CAST(count(*) FILTER (WHERE request.days_to_assessment_outcome <= 112) AS DOUBLE) AS numerator, -- refusals told at most 112 days after the request was received
    CAST(count(*) AS DOUBLE) AS denominator, -- refusals to issue a plan told in the year
    CAST(NULL AS VARCHAR) AS reason, -- a count of rows always has a value
    CAST(NULL AS DOUBLE) AS published, -- nothing printed to compare with
    CAST(NULL AS VARCHAR) AS _delivery, -- of many rows: the mart leads to them
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM mart.fct_ehcp_request AS request
CROSS JOIN mart.dim_council AS council
WHERE request.assessment_outcome = 'N'
    AND request.assessment_outcome_date BETWEEN request.year_start AND request.year_end
    AND request.received IS NOT NULL
GROUP BY request.calendar_year, council.la_code, council.name

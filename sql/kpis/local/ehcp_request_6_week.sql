/*
title = "Requests for an assessment decided on within 6 weeks"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one calendar year"
period_rule = "calendar year in which the request was received"
period_kind = "calendar_year"
needs = ["sen2.request"]
rounding = "f64_floor_half(1)"
source = "SEND Regulations 2014, regulation 5(1); DfE, Education, health and care plans, 2025: request_outcome_six_weeks over those decided within and over six weeks"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Only requests that were decided by 31 December are counted: those that wait, however long, are in ehcp_backlog.",
  "A decision whose day is missing is in neither part; rule X-013 lists them.",
  "A request that is decided in the year after it was received is in the figure of neither year, as in DfE's: autumn's late decisions are missing.",
]
reads = ["dim_council", "fct_ehcp_request"]
*/
SELECT
    request.calendar_year AS period, -- calendar year of receipt
    'authority' AS geography_level,
    council.la_code AS geography_code, -- three-digit authority code
    council.name AS geography_name, -- as publications print it
    'total' AS breakdown, -- the whole council
    CAST(count(*) FILTER (WHERE request.days_to_outcome <= 42) AS DOUBLE) AS numerator, -- requests decided at most 42 days after they were received
    CAST(count(*) AS DOUBLE) AS denominator, -- requests of the year decided, to assess or not, by 31 December
    CAST(NULL AS VARCHAR) AS reason, -- a count of rows always has a value
    CAST(NULL AS DOUBLE) AS published, -- nothing printed to compare with
    CAST(NULL AS VARCHAR) AS _delivery, -- of many rows: the mart leads to them
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM mart.fct_ehcp_request AS request
CROSS JOIN mart.dim_council AS council
WHERE request.received BETWEEN request.year_start AND request.year_end
    AND request.outcome IN ('Y', 'N')
    AND request.outcome_date <= request.year_end
GROUP BY request.calendar_year, council.la_code, council.name

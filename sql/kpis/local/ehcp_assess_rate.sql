/*
title = "Requests for an assessment that the council agreed to"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "none"
grain = "one council in one calendar year"
period_rule = "calendar year in which the request was received"
period_kind = "calendar_year"
needs = ["sen2.request"]
rounding = "f64_floor_half(1)"
source = "DfE, Education, health and care plans, 2025: requests_decided_to_assess over requests_received_in_year"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Requests that wait for their decision or were withdrawn stay in the denominator: a council that is slow shows a lower rate.",
  "A decision reversed after mediation or appeal stays as it was first told.",
  "Requests decided before the year (H) are not counted.",
]
reads = ["dim_council", "fct_ehcp_request"]
*/
SELECT
    request.calendar_year AS period, -- calendar year of receipt
    'authority' AS geography_level,
    council.la_code AS geography_code, -- three-digit authority code
    council.name AS geography_name, -- as publications print it
    'total' AS breakdown, -- the whole council
    CAST(count(*) FILTER (
        WHERE request.outcome = 'Y'
            AND COALESCE(request.outcome_date, request.year_end) <= request.year_end
    ) AS DOUBLE) AS numerator, -- requests with a decision to assess told by 31 December
    CAST(count(*) AS DOUBLE) AS denominator, -- requests received in the year
    CAST(NULL AS VARCHAR) AS reason, -- a count of rows always has a value
    CAST(NULL AS DOUBLE) AS published, -- nothing printed to compare with
    CAST(NULL AS VARCHAR) AS _delivery, -- of many rows: the mart leads to them
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM mart.fct_ehcp_request AS request
CROSS JOIN mart.dim_council AS council
WHERE request.received BETWEEN request.year_start AND request.year_end
    AND request.outcome IS DISTINCT FROM 'H'
GROUP BY request.calendar_year, council.la_code, council.name

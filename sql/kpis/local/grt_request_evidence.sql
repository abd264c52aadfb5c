/*
title = "Requests for an assessment that carry evidence of the Graduated Response Tool"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one calendar year"
period_rule = "calendar year in which the request was received; from the second year of the register to its last"
period_kind = "calendar_year"
needs = ["sen2.request", "graduated_response.grt_use"]
rounding = "decimal_half_up(1)"
source = "SEND code of practice 2015, 9.14: evidence of what was done before; domain notes 0 and 1f (`ehcna_request_id`)"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "A request carries evidence where a cycle of the tool names it as its outcome.",
  "The register names a request by its number in SEN2: where the case system gives numbers anew, nothing matches.",
  "Requests of parents and of children below or above school age are in the denominator: 100 per cent is not the aim.",
  "The year in which the register begins has no value: what came before it cannot be known.",
]
reads = ["dim_council", "fct_ehcp_request", "fct_graduated_response", "fct_graduated_response_return"]
*/
WITH told_in AS (
    SELECT extract(year FROM opened) AS calendar_year FROM mart.fct_graduated_response
    UNION ALL
    SELECT CAST(calendar_year AS BIGINT) AS calendar_year FROM mart.fct_graduated_response_return
),

register AS (
    SELECT min(calendar_year) AS first_year, max(calendar_year) AS last_year
    FROM told_in
),

evidence AS (
    SELECT DISTINCT request_id
    FROM mart.fct_graduated_response
    WHERE request_id IS NOT NULL
)

SELECT
    request.calendar_year AS period, -- calendar year of receipt
    'authority' AS geography_level,
    council.la_code AS geography_code, -- three-digit authority code
    council.name AS geography_name, -- as publications print it
    'total' AS breakdown, -- the whole council
    CAST(count(evidence.request_id) AS DOUBLE) AS numerator, -- of these, named by a cycle of the tool
    CAST(count(*) AS DOUBLE) AS denominator, -- requests received in the year
    CAST(NULL AS VARCHAR) AS reason, -- the engine says why where there is nothing to divide by
    CAST(NULL AS DOUBLE) AS published, -- nothing printed to compare with
    CAST(NULL AS VARCHAR) AS _delivery, -- of many rows: the mart leads to them
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM mart.fct_ehcp_request AS request
CROSS JOIN mart.dim_council AS council
INNER JOIN register
    ON CAST(request.calendar_year AS BIGINT) > register.first_year
    AND CAST(request.calendar_year AS BIGINT) <= register.last_year
LEFT JOIN evidence
    ON evidence.request_id = request.request_id
WHERE request.received BETWEEN request.year_start AND request.year_end
    AND request.outcome IS DISTINCT FROM 'H'
GROUP BY request.calendar_year, council.la_code, council.name

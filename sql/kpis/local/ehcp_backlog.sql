/*
title = "Requests and assessments that are open at the end of the year, by age"
basis = "local"
area = "ASW1"
unit = "count"
polarity = "low"
grain = "one council in one calendar year, by weeks since the request was received"
period_rule = "calendar year: as things stood on its 31 December"
period_kind = "calendar_year"
needs = ["sen2.request", "sen2.assessment"]
rounding = "none(0)"
source = "SEND Regulations 2014, regulations 5 and 13(2): six weeks to a decision, twenty to a plan; domain notes 3.2, age bands of open cases"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "A stock, not a flow: it falls when cases are closed, at whatever age, and it tells before ehcp_20_week does what that will be.",
  "Open are requests that wait for their decision and assessments agreed to and not ended; a plan that was decided on and not yet issued counts as open.",
  "Bands by days: 0-6 weeks up to 42, 6-20 weeks up to 140, 20-52 weeks up to 364, over 52 weeks more.",
  "Requests with an outcome code that no list has are in no band: see stage_at_year_end `unknown` in mart.fct_ehcp_request.",
]
reads = ["dim_council", "fct_ehcp_request"]
*/
WITH band AS (
    SELECT 'total' AS breakdown, 0 AS from_days, 1000000 AS to_days
    UNION ALL
    SELECT 'age=0-6 weeks', 0, 42
    UNION ALL
    SELECT 'age=6-20 weeks', 43, 140
    UNION ALL
    SELECT 'age=20-52 weeks', 141, 364
    UNION ALL
    SELECT 'age=over 52 weeks', 365, 1000000
),

year AS (
    SELECT DISTINCT calendar_year
    FROM mart.fct_ehcp_request
)

SELECT
    year.calendar_year AS period, -- calendar year, as on its 31 December
    'authority' AS geography_level,
    council.la_code AS geography_code, -- three-digit authority code
    council.name AS geography_name, -- as publications print it
    band.breakdown AS breakdown, -- total, or weeks since receipt; a band without a case is a true zero
    CAST(count(request.request_id) AS DOUBLE) AS numerator, -- open requests and assessments
    CAST(NULL AS DOUBLE) AS denominator, -- none: a count
    CAST(NULL AS VARCHAR) AS reason, -- a count of rows always has a value
    CAST(NULL AS DOUBLE) AS published, -- nothing printed to compare with
    CAST(NULL AS VARCHAR) AS _delivery, -- of many rows: the mart leads to them
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM year
CROSS JOIN band
CROSS JOIN mart.dim_council AS council
LEFT JOIN mart.fct_ehcp_request AS request
    ON request.calendar_year = year.calendar_year
    AND request.days_open_at_year_end BETWEEN band.from_days AND band.to_days
GROUP BY year.calendar_year, band.breakdown, council.la_code, council.name

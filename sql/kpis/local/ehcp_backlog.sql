/*
title = "Requests and assessments that are open at the end of the year, by age"
basis = "local"
area = "ASW1"
unit = "count"
polarity = "low"
grain = "one council in one calendar year, by weeks since the request was received"
place = "council"
period_rule = "calendar year: as things stood on its 31 December"
period_kind = "calendar_year"
day = "received"
needs = ["sen2.request", "sen2.assessment"]
rounding = "decimal_half_up(0)"
source = "SEND Regulations 2014, regulations 5 and 13(2): six weeks to a decision, twenty to a plan; domain notes 3.2, age bands of open cases"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "A stock, not a flow: it falls when cases are closed, at whatever age, and it tells before ehcp_20_week does what that will be.",
  "Open are requests that wait for their decision and assessments agreed to and not ended; a plan that was decided on and not yet issued counts as open.",
  "Bands by days: 0-6 weeks up to 42, 6-20 weeks up to 140, 20-52 weeks up to 364, over 52 weeks more.",
  "Requests with an outcome code that no list has are in no band: the mark counts them; see stage_at_year_end `unknown` in mart.fct_ehcp_request.",
  "Without the assessments of a return every case that was agreed to would look open: such a year has no value, and the mark says so.",
]
reads = ["dim_sen2_return", "fct_ehcp_request"]

[rows]
every = """
SELECT
    request.calendar_year AS period, 'authority' AS geography_level, council.la_code AS geography_code,
    CASE
        WHEN split.kind = 'total' THEN 'total'
        WHEN request.days_open_at_year_end <= 42 THEN 'age=0-6 weeks'
        WHEN request.days_open_at_year_end <= 140 THEN 'age=6-20 weeks'
        WHEN request.days_open_at_year_end <= 364 THEN 'age=20-52 weeks'
        ELSE 'age=over 52 weeks'
    END AS breakdown,
    request.request_id, request.received, request.stage_at_year_end, request.days_open_at_year_end,
    1 AS in_numerator, request._delivery, request._sheet, request._row
FROM mart.fct_ehcp_request AS request
CROSS JOIN mart.dim_council AS council
CROSS JOIN (VALUES ('total'), ('age')) AS split (kind)
WHERE request.days_open_at_year_end IS NOT NULL
"""
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

unknown AS (
    SELECT calendar_year, count(*) AS requests
    FROM mart.fct_ehcp_request
    WHERE stage_at_year_end = 'unknown'
    GROUP BY calendar_year
)

SELECT
    sen2.calendar_year AS period, -- calendar year, as on its 31 December
    band.breakdown AS breakdown, -- total, or weeks since receipt; a band without a case is a true zero
    CASE
        WHEN sen2.requests > 0 AND sen2.assessments > 0 THEN CAST(count(request.request_id) AS DOUBLE)
    END AS numerator, -- open requests and assessments
    CASE WHEN sen2.requests = 0 OR sen2.assessments = 0 THEN 'unavailable' END AS reason, -- the return has no requests or no assessments
    CASE
        WHEN sen2.requests = 0 OR sen2.assessments = 0 THEN 'no source: ' || sen2.absence
        WHEN unknown.requests > 0 THEN
            'partial: left out, requests with an outcome that no list has: ' || CAST(unknown.requests AS VARCHAR)
    END AS mark
FROM mart.dim_sen2_return AS sen2
CROSS JOIN band
LEFT JOIN unknown ON unknown.calendar_year = sen2.calendar_year
LEFT JOIN mart.fct_ehcp_request AS request
    ON request.calendar_year = sen2.calendar_year
    AND request.days_open_at_year_end BETWEEN band.from_days AND band.to_days
GROUP BY sen2.calendar_year, sen2.requests, sen2.assessments, sen2.absence, unknown.requests, band.breakdown
HAVING band.breakdown = 'total'
    OR (sen2.requests > 0 AND sen2.assessments > 0)

/*
title = "Requests and assessments that are open at the end of the year, by age"
basis = "local"
area = "ASW1"
unit = "count"
polarity = "low"
grain = "one council in one calendar year, by weeks since the request was received"
place = "council"
period_rule = "calendar year: as things stood on its 31 December, or on the last day that is told; a month: on its last day"
period_kind = "calendar_year"
day = "received"
needs = ["sen2.request | ehcp_cases.request | ehcp_cases.case_list", "sen2.assessment | ehcp_cases.assessment | ehcp_cases.case_list"]
rounding = "decimal_half_up(0)"
source = "SEND Regulations 2014, regulations 5 and 13(2): six weeks to a decision, twenty to a plan; domain notes 3.2, age bands of open cases"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "A stock, not a flow: it falls when cases are closed, at whatever age, and it tells before ehcp_20_week does what that will be.",
  "Open are requests that wait for their decision and assessments agreed to and not ended; a plan that was decided on and not yet issued counts as open.",
  "Months are those of years that the list of cases tells, and the December of a return, which has no day of a withdrawal. A withdrawal without its day, in a list, was open on no day.",
  "Bands by days: 0-6 weeks up to 42, 6-20 weeks up to 140, 20-52 weeks up to 364, over 52 weeks more.",
  "Requests with an outcome code that no list has are in no band: the mark counts them; see stage_at_year_end `unknown` in mart.fct_ehcp_request.",
  "Without the assessments of a return every case that was agreed to would look open: such a year has no value, and the mark says so.",
  "A year that no SEN2 return tells yet is told by the case system's list of all cases, as far as the latest goes, and marked provisional: the return replaces it.",
]
reads = ["dim_ehcp_day", "dim_ehcp_year", "fct_ehcp_request", "return_stand_in"]

[rows]
every = """
SELECT
    request.calendar_year AS period, 'authority' AS geography_level, council.la_code AS geography_code,
    CASE split.kind WHEN 'total' THEN 'total' ELSE 'age=' || weeks_band(days_between(request.received, day.stands_on)) END AS breakdown,
    request.request_id, request.received, days_between(request.received, day.stands_on) AS days_open,
    1 AS in_numerator, request._delivery, request._sheet, request._row
FROM mart.fct_ehcp_request AS request
INNER JOIN mart.dim_ehcp_day AS day
    ON day.calendar_year = request.calendar_year
    AND request.received <= day.stands_on
    AND COALESCE(request.closed > day.stands_on, TRUE)
CROSS JOIN mart.dim_council AS council
CROSS JOIN (VALUES ('total'), ('age')) AS split (kind)
"""

[series]
day = "stood_on"
kinds = ["month"]
stock = true
standing = """
SELECT
    request.calendar_year AS period, 'authority' AS geography_level, council.la_code AS geography_code,
    CASE split.kind WHEN 'total' THEN 'total' ELSE 'age=' || weeks_band(days_between(request.received, month.period_end)) END AS breakdown,
    month.period_end AS stood_on, request.request_id, request.received, days_between(request.received, month.period_end) AS days_open,
    1 AS in_numerator, request._delivery, request._sheet, request._row
FROM mart.fct_ehcp_request AS request
INNER JOIN mart.dim_period AS month
    ON month.period_kind = 'month'
    AND month.period_end BETWEEN request.year_start AND request.told_until
    AND request.received <= month.period_end
    AND COALESCE(request.closed > month.period_end, TRUE)
INNER JOIN mart.dim_ehcp_year AS year
    ON year.calendar_year = request.calendar_year
    AND year.assessments > 0
    AND year.requests > 0
CROSS JOIN mart.dim_council AS council
CROSS JOIN (VALUES ('total'), ('age')) AS split (kind)
WHERE request.told_by = 'extract'
    OR month.period_end = request.year_end
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
),

year AS (
    SELECT
        year.calendar_year,
        day.stands_on,
        year.requests > 0 AND year.assessments > 0 AS is_told,
        CASE
            WHEN year.requests = 0 OR year.assessments = 0 THEN 'no source: ' || year.absence
            ELSE NULLIF(concat_ws(
                '; ',
                stand_in.mark,
                CASE
                    WHEN unknown.requests > 0 THEN
                        'partial: left out, requests with an outcome that no list has: ' || CAST(unknown.requests AS VARCHAR)
                END
            ), '')
        END AS mark
    FROM mart.dim_ehcp_year AS year
    LEFT JOIN mart.dim_ehcp_day AS day ON day.calendar_year = year.calendar_year
    LEFT JOIN unknown ON unknown.calendar_year = year.calendar_year
    LEFT JOIN mart.return_stand_in AS stand_in
        ON stand_in.need = 'ehcp_cases.request'
        AND stand_in.period_kind = 'calendar_year'
        AND stand_in.period = year.calendar_year
)

SELECT
    year.calendar_year AS period, -- calendar year, as on its 31 December, or the last day that is told
    band.breakdown AS breakdown, -- total, or weeks since receipt; a band without a case is a true zero
    CASE WHEN year.is_told THEN CAST(count(request.request_id) AS DOUBLE) END AS numerator, -- open requests and assessments
    CASE WHEN NOT year.is_told THEN 'unavailable' END AS reason, -- there are no requests or no assessments
    year.mark AS mark
FROM year
CROSS JOIN band
LEFT JOIN mart.fct_ehcp_request AS request
    ON request.calendar_year = year.calendar_year
    AND request.received <= year.stands_on
    AND COALESCE(request.closed > year.stands_on, TRUE)
    AND days_between(request.received, year.stands_on) BETWEEN band.from_days AND band.to_days
GROUP BY year.calendar_year, year.is_told, year.mark, band.breakdown
HAVING band.breakdown = 'total'
    OR year.is_told

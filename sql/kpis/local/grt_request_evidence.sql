/*
title = "Requests for an assessment that carry evidence of the Graduated Response Tool"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one calendar year"
place = "council"
period_rule = "calendar year in which the request was received; from the second year of the register to its last"
period_kind = "calendar_year"
needs = ["sen2.request", "graduated_response.grt_use"]
rounding = "decimal_half_up(1)"
source = "SEND code of practice 2015, 9.14: evidence of what was done before; domain notes 0 and 1f (`ehcna_request_id`)"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "A request carries evidence where a cycle of the tool names it as its outcome.",
  "The register names a request by its number in SEN2. Where no number of the register is in any SEN2 return, because the case system numbers anew in each export, there is no value; where some are not, it is marked.",
  "Requests of parents and of children below or above school age are in the denominator: 100 per cent is not the aim.",
  "The year in which the register begins has no value: what came before it cannot be known. A year of which the log has no cycle in January to March, April to August or September to December, or in the September to December before, is marked.",
]
reads = ["fct_ehcp_request", "fct_graduated_response", "fct_graduated_response_return"]

[rows]
every = """
SELECT
    request.calendar_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, 'total' AS breakdown,
    request.request_id, request.received, request.source, request.outcome,
    CASE WHEN EXISTS (
        SELECT 1 FROM mart.fct_graduated_response AS cycle WHERE cycle.request_id = request.request_id
    ) THEN 1 ELSE 0 END AS in_numerator,
    1 AS in_denominator, request._delivery, request._sheet, request._row
FROM mart.fct_ehcp_request AS request
CROSS JOIN mart.dim_council AS council
WHERE request.received BETWEEN request.year_start AND request.year_end
    AND request.outcome IS DISTINCT FROM 'H'
    AND request.told_by = 'return'
"""

[series]
day = "received"
kinds = ["month", "term", "academic_year", "rolling_12_months", "calendar_year_to_date"]
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

-- What the log has of each calendar year, in thirds.
cycle_year AS (
    SELECT
        extract(year FROM opened) AS calendar_year,
        max(CASE WHEN extract(month FROM opened) <= 3 THEN 1 ELSE 0 END) AS has_winter,
        max(CASE WHEN extract(month FROM opened) BETWEEN 4 AND 8 THEN 1 ELSE 0 END) AS has_summer,
        max(CASE WHEN extract(month FROM opened) >= 9 THEN 1 ELSE 0 END) AS has_autumn
    FROM mart.fct_graduated_response
    GROUP BY extract(year FROM opened)
),

evidence AS (
    SELECT DISTINCT request_id
    FROM mart.fct_graduated_response
    WHERE request_id IS NOT NULL
),

matched AS (
    SELECT
        count(*) AS named,
        sum(CASE WHEN EXISTS (
            SELECT 1 FROM mart.fct_ehcp_request AS request WHERE request.request_id = evidence.request_id AND request.told_by = 'return'
        ) THEN 1 ELSE 0 END) AS found
    FROM evidence
),

counted AS (
    SELECT
        CAST(request.calendar_year AS BIGINT) AS calendar_year,
        count(evidence.request_id) AS with_evidence,
        count(*) AS requests
    FROM mart.fct_ehcp_request AS request
    LEFT JOIN evidence
        ON evidence.request_id = request.request_id
    WHERE request.received BETWEEN request.year_start AND request.year_end
        AND request.outcome IS DISTINCT FROM 'H'
        AND request.told_by = 'return'
    GROUP BY CAST(request.calendar_year AS BIGINT)
),

judged AS (
    SELECT
        counted.*,
        CASE
            WHEN counted.calendar_year <= register.first_year
                THEN '; no source: the register begins in ' || CAST(register.first_year AS VARCHAR)
            WHEN counted.calendar_year > register.last_year
                THEN '; no source: the register ends in ' || CAST(register.last_year AS VARCHAR)
            WHEN matched.named = 0 THEN '; no source: no cycle of the register names a request'
            WHEN matched.found = 0
                THEN '; no source: none of the ' || CAST(matched.named AS VARCHAR) || ' request numbers of the register is in a SEN2 return'
            WHEN cycle_year.calendar_year IS NULL
                THEN '; no source: the log has no cycle of ' || CAST(counted.calendar_year AS VARCHAR)
            ELSE ''
        END AS lack,
        CASE
            WHEN matched.found < matched.named
                THEN '; partial: ' || CAST(matched.named - matched.found AS VARCHAR) || ' of ' || CAST(matched.named AS VARCHAR)
                || ' request numbers of the register are in no SEN2 return'
            ELSE ''
        END
        || CASE
            WHEN COALESCE(before.has_autumn, 0) = 0
                THEN '; partial: the log has no cycle in September to December ' || CAST(counted.calendar_year - 1 AS VARCHAR)
                || ', of which requests of the next months come'
            ELSE ''
        END
        || CASE
            WHEN cycle_year.has_winter + cycle_year.has_summer + cycle_year.has_autumn < 3
                THEN '; partial: the log has no cycle in '
                || substring(
                    CASE WHEN cycle_year.has_winter = 0 THEN ', January to March' ELSE '' END
                    || CASE WHEN cycle_year.has_summer = 0 THEN ', April to August' ELSE '' END
                    || CASE WHEN cycle_year.has_autumn = 0 THEN ', September to December' ELSE '' END
                FROM 3)
            ELSE ''
        END AS mark
    FROM counted
    CROSS JOIN register
    CROSS JOIN matched
    LEFT JOIN cycle_year ON cycle_year.calendar_year = counted.calendar_year
    LEFT JOIN cycle_year AS before ON before.calendar_year = counted.calendar_year - 1
)

SELECT
    CAST(judged.calendar_year AS VARCHAR) AS period, -- calendar year of receipt
    CASE WHEN judged.lack = '' THEN CAST(judged.with_evidence AS DOUBLE) END AS numerator, -- of these, named by a cycle of the tool
    CASE WHEN judged.lack = '' THEN CAST(judged.requests AS DOUBLE) END AS denominator, -- requests received in the year
    CASE WHEN judged.lack <> '' THEN 'unavailable' END AS reason, -- the engine says why where there is nothing to divide by
    NULLIF(substring(CASE WHEN judged.lack = '' THEN judged.mark ELSE judged.lack END FROM 3), '') AS mark
FROM judged

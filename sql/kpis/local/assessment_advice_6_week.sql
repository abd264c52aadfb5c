/*
title = "Advice to assessments that came in within six weeks"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one calendar year, each service and each agency"
place = "council"
period_rule = "calendar year in which advice was asked for"
period_kind = "calendar_year"
needs = ["assessment_advice.ehcna_advice"]
rounding = "decimal_half_up(1)"
source = "SEND Regulations 2014, regulations 6(1) and 8(1): advice within six weeks of the day on which it was asked for; domain notes 1f"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "42 days from the day on which advice was asked for, that day not counted. Each agency asked counts by itself; `service=health` and `service=social_care` are those of the letter.",
  "Nil returns, and advice to which an exception of regulation 8(2) applies, are in neither part. Advice that is not yet due by the last day that stands in the register is left out.",
  "Of the register of advice: a year of which it lacks assessments that SEN2 has, or which it does not reach the end of, has a mark.",
  "No national figure exists to compare with.",
]
reads = ["dim_advice_year", "fct_assessment_advice"]

[rows]
every = """
SELECT
    advice.calendar_year AS period, 'authority' AS geography_level, council.la_code AS geography_code,
    CASE split.kind
        WHEN 'total' THEN 'total'
        WHEN 'service' THEN 'service=' || advice.service
        ELSE 'agency=' || advice.agency
    END AS breakdown,
    advice.request_id, advice.agency, advice.requested, advice.due, advice.received,
    CASE WHEN advice.is_in_six_weeks THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator,
    advice._delivery, advice._sheet, advice._row
FROM mart.fct_assessment_advice AS advice
CROSS JOIN mart.dim_council AS council
CROSS JOIN (VALUES ('total'), ('service'), ('agency')) AS split (kind)
WHERE advice.is_due
    AND NOT advice.is_nil_return
    AND NOT advice.is_excepted
    AND (split.kind <> 'service' OR advice.service <> 'other')
"""

[series]
day = "requested"
kinds = ["month", "term", "academic_year", "rolling_12_months", "calendar_year_to_date"]
*/
WITH counted AS (
    SELECT calendar_year, agency, service, is_in_six_weeks
    FROM mart.fct_assessment_advice
    WHERE is_due
        AND NOT is_nil_return
        AND NOT is_excepted
),

advice AS (
    SELECT calendar_year, is_in_six_weeks, 'total' AS breakdown
    FROM counted
    UNION ALL
    SELECT calendar_year, is_in_six_weeks, 'service=' || service AS breakdown
    FROM counted
    WHERE service <> 'other'
    UNION ALL
    SELECT calendar_year, is_in_six_weeks, 'agency=' || agency AS breakdown
    FROM counted
)

SELECT
    register.calendar_year AS period, -- calendar year in which advice was asked for
    advice.breakdown, -- all agencies, a service, or one agency
    CAST(count(*) FILTER (WHERE advice.is_in_six_weeks) AS DOUBLE) AS numerator, -- advice that came in at most 42 days after it was asked for
    CAST(count(*) AS DOUBLE) AS denominator, -- advice asked for and due
    'partial: ' || register.absence AS mark
FROM mart.dim_advice_year AS register
INNER JOIN advice ON advice.calendar_year = register.calendar_year
GROUP BY register.calendar_year, register.absence, advice.breakdown

/*
title = "Advice due per full-time equivalent of educational psychologists"
basis = "local"
area = "workforce"
unit = "ratio"
unit_words = "pieces of advice for each full-time equivalent"
polarity = "low"
grain = "one council in one academic year"
place = "council"
period_rule = "academic year of the months in which the advice was due"
period_kind = "academic_year"
day = "month_end"
needs = ["workforce_caseload.wf_caseload"]
returns = "caseload of EP"
rounding = "decimal_half_up(1)"
source = "domain notes 0: caseload per FTE of educational psychologists; SEND Regulations 2014, regulation 6(1)(d)"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Pieces of advice due in the months of the year, over the mean of the psychologists at work at the ends of those months (agency included, long-term absence left out).",
  "Statutory advice is a part of the work: councils that buy more of it from outside have less here.",
]
reads = ["fct_caseload", "fct_workforce_register"]

[rows]
# The denominator is a mean: each month counts its part of it.
every = """
SELECT
    caseload.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, 'total' AS breakdown,
    caseload.month_end, caseload.advice_due, caseload.fte_available, caseload.advice_due AS in_numerator,
    CAST(caseload.fte_available AS DOUBLE)
        / NULLIF(CAST(count(caseload.fte_available) OVER (PARTITION BY caseload.academic_year) AS DOUBLE), 0) AS in_denominator,
    caseload._delivery, caseload._sheet, caseload._row
FROM mart.fct_caseload AS caseload
CROSS JOIN mart.dim_council AS council
WHERE caseload.team = 'EP'
    AND caseload.advice_due IS NOT NULL
"""
*/
WITH advice AS (
    SELECT
        academic_year,
        count(*) AS months,
        sum(advice_due) AS due,
        avg(CAST(fte_available AS DOUBLE)) AS fte
    FROM mart.fct_caseload
    WHERE team = 'EP'
        AND advice_due IS NOT NULL
    GROUP BY academic_year
)

SELECT
    held.academic_year AS period, -- academic year
    CAST(advice.due AS DOUBLE) AS numerator, -- pieces of advice due in the months of the year
    CAST(advice.fte AS DOUBLE) AS denominator, -- psychologists at work, mean of the months (full-time equivalents)
    CASE WHEN advice.months IS NULL THEN 'unavailable' END AS reason, -- the engine says why where there is nothing to divide by
    held._delivery AS _delivery, -- of many rows the last
    held._sheet AS _sheet,
    CAST(held._row AS INTEGER) AS _row,
    CASE
        WHEN advice.months IS NULL THEN 'no source: no month of team EP has the advice that was due'
        WHEN held.is_over AND advice.months < 12
            THEN 'partial: ' || CAST(advice.months AS VARCHAR) || ' of 12 months came of team EP'
        WHEN NOT held.is_over THEN 'provisional: the year is not over'
    END AS mark
FROM mart.fct_workforce_register AS held
LEFT JOIN advice ON advice.academic_year = held.academic_year
WHERE held.register = 'caseload'
    AND held.team = 'all'

/*
title = "Advice of educational psychologists that was late"
basis = "local"
area = "workforce"
unit = "percent"
polarity = "low"
grain = "one council in one academic year"
place = "council"
period_rule = "academic year of the months in which the advice was due"
period_kind = "academic_year"
needs = ["workforce_caseload.wf_caseload"]
returns = "caseload of EP"
rounding = "decimal_half_up(1)"
source = "SEND Regulations 2014, regulation 8(1): six weeks from the request for advice; domain notes 1f, wf_caseload"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "A year that is not over, or of which months are missing, is the sum of the months that are there, and marked.",
  "A year of which the register has one month alone is not shown.",
  "Lateness is counted where it falls due, not where the advice comes in: a backlog that is cleared stays late.",
]
reads = ["fct_caseload", "fct_workforce_register"]

[rows]
every = """
SELECT
    caseload.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, 'total' AS breakdown,
    caseload.team, caseload.month_end, caseload.advice_late AS in_numerator, caseload.advice_due AS in_denominator,
    caseload._delivery, caseload._sheet, caseload._row
FROM mart.fct_caseload AS caseload
CROSS JOIN mart.dim_council AS council
WHERE caseload.advice_due IS NOT NULL
    AND caseload.advice_late IS NOT NULL
"""

[series]
day = "month_end"
kinds = ["month", "term", "calendar_year", "rolling_12_months", "academic_year_to_date"]
*/
WITH advice AS (
    SELECT
        academic_year,
        count(DISTINCT month_end) AS months,
        sum(advice_late) AS late,
        sum(advice_due) AS due
    FROM mart.fct_caseload
    WHERE advice_due IS NOT NULL
        AND advice_late IS NOT NULL
    GROUP BY academic_year
)

SELECT
    held.academic_year AS period, -- academic year
    CAST(advice.late AS DOUBLE) AS numerator, -- advice not given by the day it was due
    CAST(advice.due AS DOUBLE) AS denominator, -- advice due in the months of the year
    CASE WHEN advice.months IS NULL THEN 'unavailable' END AS reason, -- the engine says why where there is nothing to divide by
    held._delivery AS _delivery, -- of many rows the last: the mart leads to them
    held._sheet AS _sheet,
    CAST(held._row AS INTEGER) AS _row,
    CASE
        WHEN advice.months IS NULL THEN 'no source: no month has the advice that was due and that was late'
        WHEN held.is_over AND advice.months < 12
            THEN 'partial: ' || CAST(advice.months AS VARCHAR) || ' of 12 months have advice that was due'
        ELSE held.mark_in_year
    END AS mark
FROM mart.fct_workforce_register AS held
LEFT JOIN advice ON advice.academic_year = held.academic_year
WHERE held.register = 'caseload'
    AND held.team = 'all'
    AND (advice.due IS NULL OR advice.due > 0)

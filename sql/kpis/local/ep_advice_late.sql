/*
title = "Advice of educational psychologists that was late"
basis = "local"
area = "workforce"
unit = "percent"
polarity = "low"
grain = "one council in one academic year"
period_rule = "academic year of the months in which the advice was due"
period_kind = "academic_year"
needs = ["workforce_caseload.wf_caseload"]
rounding = "decimal_half_up(1)"
source = "SEND Regulations 2014, regulation 8(1): six weeks from the request for advice; domain notes 1f, wf_caseload"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "A year that is not over, or of which months are missing, is the sum of the months that are there.",
  "A year of which the register has one month alone is not shown.",
  "Lateness is counted where it falls due, not where the advice comes in: a backlog that is cleared stays late.",
]
reads = ["dim_council", "fct_caseload"]
*/
WITH register_year AS (
    SELECT academic_year
    FROM mart.fct_caseload
    GROUP BY academic_year
    HAVING count(DISTINCT month_end) > 1
)

SELECT
    caseload.academic_year AS period, -- academic year
    'authority' AS geography_level,
    council.la_code AS geography_code, -- three-digit authority code
    council.name AS geography_name, -- as publications print it
    'total' AS breakdown, -- the whole service
    CAST(sum(caseload.advice_late) AS DOUBLE) AS numerator, -- advice not given by the day it was due
    CAST(sum(caseload.advice_due) AS DOUBLE) AS denominator, -- advice due in the months of the year
    CAST(NULL AS VARCHAR) AS reason, -- the engine says why where there is nothing to divide by
    CAST(NULL AS DOUBLE) AS published, -- nothing printed to compare with
    CAST(NULL AS VARCHAR) AS _delivery, -- of many rows: the mart leads to them
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM mart.fct_caseload AS caseload
INNER JOIN register_year
    ON register_year.academic_year = caseload.academic_year
CROSS JOIN mart.dim_council AS council
WHERE caseload.advice_due IS NOT NULL
    AND caseload.advice_late IS NOT NULL
GROUP BY caseload.academic_year, council.la_code, council.name
HAVING sum(caseload.advice_due) > 0

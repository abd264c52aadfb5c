/*
title = "Plans and assessments per full-time equivalent of the casework team"
basis = "local"
area = "workforce"
unit = "ratio"
polarity = "low"
grain = "one council in one academic year"
period_rule = "academic year: as at the end of its 31 August"
period_kind = "academic_year"
needs = ["workforce_caseload.wf_caseload"]
rounding = "decimal_half_up(1)"
source = "domain notes 3.2, casework load: open plans and open assessments over available casework FTE"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Available are staff and agency workers without those in long-term absence, on one day of the year.",
  "There is no national figure; councils report from 250 to over 500 plans a worker.",
  "A year of which the register has its last month alone is not shown: it is where the next one starts.",
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
    caseload.academic_year AS period, -- academic year that ends with this August
    'authority' AS geography_level,
    council.la_code AS geography_code, -- three-digit authority code
    council.name AS geography_name, -- as publications print it
    'total' AS breakdown, -- the casework team
    CAST(caseload.plans_open + caseload.assessments_open AS DOUBLE) AS numerator, -- plans in force and assessments under way
    CAST(caseload.fte_available AS DOUBLE) AS denominator, -- casework team at work (full-time equivalents)
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
WHERE caseload.team = 'SEN_CASEWORK'
    AND extract(month FROM caseload.month_end) = 8

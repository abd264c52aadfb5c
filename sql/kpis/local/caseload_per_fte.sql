/*
title = "Plans and assessments per full-time equivalent of the casework team"
basis = "local"
area = "workforce"
unit = "ratio"
unit_words = "plans and assessments for each full-time equivalent"
polarity = "low"
grain = "one council in one academic year"
place = "council"
period_rule = "academic year: as at the end of its 31 August"
period_kind = "academic_year"
needs = ["workforce_caseload.wf_caseload"]
returns = "caseload of SEN_CASEWORK at end"
rounding = "decimal_half_up(1)"
source = "domain notes 3.2, casework load: open plans and open assessments over available casework FTE"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Available are staff and agency workers without those in long-term absence, on one day of the year.",
  "There is no national figure; councils report from 250 to over 500 plans a worker.",
  "A year of which the register has its last month alone is not shown: it is where the next one starts. Without the list of its 31 August a year has no value.",
]
reads = ["fct_caseload", "fct_workforce_register"]

[rows]
every = """
SELECT
    caseload.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, 'total' AS breakdown,
    caseload.team, caseload.month_end, caseload.plans_open, caseload.assessments_open, caseload.fte_available,
    caseload.plans_open + caseload.assessments_open AS in_numerator, caseload.fte_available AS in_denominator,
    caseload._delivery, caseload._sheet, caseload._row
FROM mart.fct_caseload AS caseload
CROSS JOIN mart.dim_council AS council
WHERE caseload.team = 'SEN_CASEWORK'
"""

[series]
day = "month_end"
kinds = ["month"]
stock = true
*/
SELECT
    held.academic_year AS period, -- academic year that ends with this August
    CAST(caseload.plans_open + caseload.assessments_open AS DOUBLE) AS numerator, -- plans in force and assessments under way
    CAST(caseload.fte_available AS DOUBLE) AS denominator, -- casework team at work (full-time equivalents)
    CASE WHEN team.team IS NULL THEN 'unavailable' ELSE team.reason_at_end END AS reason, -- no list of this August; the engine says why where there is nothing to divide by
    caseload._delivery AS _delivery,
    caseload._sheet AS _sheet,
    CAST(caseload._row AS INTEGER) AS _row,
    CASE
        WHEN team.team IS NULL THEN 'no source: no caseload of team SEN_CASEWORK'
        WHEN team.reason_at_end IS NULL AND (caseload.plans_open IS NULL OR caseload.assessments_open IS NULL)
            THEN 'no source: the list has no count of plans, or none of assessments'
        ELSE team.mark_at_end
    END AS mark
FROM mart.fct_workforce_register AS held
LEFT JOIN mart.fct_workforce_register AS team
    ON team.register = held.register
    AND team.academic_year = held.academic_year
    AND team.team = 'SEN_CASEWORK'
LEFT JOIN mart.fct_caseload AS caseload
    ON caseload.academic_year = held.academic_year
    AND caseload.team = 'SEN_CASEWORK'
    AND extract(month FROM caseload.month_end) = 8
WHERE held.register = 'caseload'
    AND held.team = 'all'
    AND held.is_over

/*
title = "Moderated audits of plans graded good or outstanding"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one academic year"
period_rule = "academic year of the audit"
rounding = "decimal_half_up(1)"
source = "domain notes 3.2, audit quality: graded G or O over moderated audits"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "The grade is the first auditor's: mart.fct_ehcp_audit.grades_apart has how far the second was from it.",
  "Audits are samples, and few: with 20 audits a true 50 per cent shows anything from 30 to 70.",
  "Grades of two versions of the tool are not one series.",
  "No national figure exists to compare with.",
]
reads = ["dim_council", "fct_ehcp_audit"]
*/
SELECT
    audit.academic_year AS period, -- academic year of the audit
    'authority' AS geography_level,
    council.la_code AS geography_code, -- three-digit authority code
    council.name AS geography_name, -- as publications print it
    'total' AS breakdown, -- the whole council
    CAST(count(*) FILTER (WHERE audit.is_good) AS DOUBLE) AS numerator, -- of these, graded outstanding or good by the first auditor
    CAST(count(*) AS DOUBLE) AS denominator, -- audits that a second auditor moderated
    CAST(NULL AS VARCHAR) AS reason, -- a count of rows always has a value
    CAST(NULL AS DOUBLE) AS published, -- nothing printed to compare with
    CAST(NULL AS VARCHAR) AS _delivery, -- of many rows: the mart leads to them
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM mart.fct_ehcp_audit AS audit
CROSS JOIN mart.dim_council AS council
WHERE audit.is_moderated
GROUP BY audit.academic_year, council.la_code, council.name

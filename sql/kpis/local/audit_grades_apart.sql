/*
title = "Grades by which two auditors of one plan differ, on average"
basis = "local"
area = "ASW1"
unit = "ratio"
polarity = "low"
grain = "one council in one academic year, also by the agency of the first auditor"
period_rule = "academic year of the audit"
period_kind = "academic_year"
needs = ["ehcp_audit.ehcp_audit"]
rounding = "decimal_half_up(2)"
source = "domain notes 3.2 and 1f: moderation of audits; grades O, G, RI, I as 4 to 1"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "0 is agreement, 3 the most there is. As much as a whole grade means that audit_good_or_outstanding hangs on who audits.",
  "Only audits of which both auditors gave a grade.",
  "It has no sign: whether one agency is stricter is for the two grades in mart.fct_ehcp_audit to tell.",
]
reads = ["dim_council", "fct_ehcp_audit"]
*/
WITH moderated AS (
    SELECT academic_year, 'total' AS breakdown, grades_apart
    FROM mart.fct_ehcp_audit
    WHERE grades_apart IS NOT NULL
    UNION ALL
    SELECT academic_year, 'agency=' || agency, grades_apart
    FROM mart.fct_ehcp_audit
    WHERE grades_apart IS NOT NULL
        AND agency IS NOT NULL
)

SELECT
    moderated.academic_year AS period, -- academic year of the audit
    'authority' AS geography_level,
    council.la_code AS geography_code, -- three-digit authority code
    council.name AS geography_name, -- as publications print it
    moderated.breakdown AS breakdown, -- total, or whom the first auditor works for
    CAST(sum(moderated.grades_apart) AS DOUBLE) AS numerator, -- grades apart, added up
    CAST(count(*) AS DOUBLE) AS denominator, -- audits with two grades
    CAST(NULL AS VARCHAR) AS reason, -- a count of rows always has a value
    CAST(NULL AS DOUBLE) AS published, -- nothing printed to compare with
    CAST(NULL AS VARCHAR) AS _delivery, -- of many rows: the mart leads to them
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM moderated
CROSS JOIN mart.dim_council AS council
GROUP BY moderated.academic_year, moderated.breakdown, council.la_code, council.name

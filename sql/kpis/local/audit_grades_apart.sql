/*
title = "Grades by which two auditors of one plan differ, on average"
basis = "local"
area = "ASW1"
unit = "ratio"
unit_words = "grades for each plan"
polarity = "low"
grain = "one council in one academic year, also by the agency of the first auditor"
place = "council"
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
reads = ["fct_ehcp_audit", "fct_register_year"]

[rows]
every = """
SELECT
    audit.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code,
    CASE split.kind WHEN 'total' THEN 'total' ELSE 'agency=' || audit.agency END AS breakdown,
    audit.audit_id, audit.request_id, audit.audited_on, audit.agency, audit.overall, audit.second_overall,
    audit.grades_apart AS in_numerator, 1 AS in_denominator, audit._delivery, audit._sheet, audit._row
FROM mart.fct_ehcp_audit AS audit
CROSS JOIN mart.dim_council AS council
CROSS JOIN (VALUES ('total'), ('agency')) AS split (kind)
WHERE audit.grades_apart IS NOT NULL
    AND (split.kind = 'total' OR audit.agency IS NOT NULL)
"""

[series]
day = "audited_on"
marks = "ehcp_audit"
kinds = ["month", "term", "calendar_year", "rolling_12_months", "academic_year_to_date"]
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
),

told AS (
    SELECT academic_year, breakdown, sum(grades_apart) AS numerator, count(*) AS denominator
    FROM moderated
    GROUP BY academic_year, breakdown
)

SELECT
    held.academic_year AS period, -- academic year of the audit
    COALESCE(told.breakdown, 'total') AS breakdown, -- total, or whom the first auditor works for
    CAST(told.numerator AS DOUBLE) AS numerator, -- grades apart, added up
    CAST(told.denominator AS DOUBLE) AS denominator, -- audits with two grades
    CASE WHEN told.academic_year IS NULL THEN 'unavailable' END AS reason,
    held._delivery AS _delivery, -- of many rows the last of the register
    held._sheet AS _sheet,
    CAST(held._row AS INTEGER) AS _row,
    CASE
        WHEN told.academic_year IS NULL THEN 'no source: no audit of ' || held.academic_year || ' has a second auditor'
        ELSE held.mark
    END AS mark
FROM mart.fct_register_year AS held
LEFT JOIN told ON told.academic_year = held.academic_year
WHERE held.register = 'ehcp_audit'

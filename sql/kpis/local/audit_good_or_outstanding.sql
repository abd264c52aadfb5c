/*
title = "Moderated audits of plans graded good or outstanding, with the interval that chance leaves open"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one academic year, with the two ends of its 95 per cent interval"
place = "council"
period_rule = "academic year of the audit"
period_kind = "academic_year"
needs = ["ehcp_audit.ehcp_audit"]
rounding = "decimal_half_up(1)"
source = "domain notes 3.2, audit quality: graded G or O over moderated audits, with 95 per cent Wilson interval (Wilson, J. Am. Stat. Assoc. 22 (1927) 209)"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Audits are samples, and few: quote interval=lower and interval=upper beside the share. With 20 audits a true 50 per cent shows anything from 30 to 70.",
  "The parts of the two ends are Wilson's: (y + z²/2 ± z√(y(n − y)/n + z²/4)) over (n + z²), z = 1.959964. They are no counts of audits.",
  "The grade is the first auditor's: audit_grades_apart has how far the second was from it.",
  "Grades of two versions of the tool are not one series.",
  "No national figure exists to compare with.",
]
reads = ["fct_ehcp_audit", "fct_register_year"]

[rows]
every = """
SELECT
    audit.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, 'total' AS breakdown,
    audit.audit_id, audit.request_id, audit.audited_on, audit.agency, audit.overall,
    CASE WHEN audit.is_good THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator,
    audit._delivery, audit._sheet, audit._row
FROM mart.fct_ehcp_audit AS audit
CROSS JOIN mart.dim_council AS council
WHERE audit.is_moderated
"""

[series]
day = "audited_on"
marks = "ehcp_audit"
kinds = ["month", "term", "calendar_year", "rolling_12_months", "academic_year_to_date"]
*/
WITH graded AS (
    SELECT
        academic_year,
        CAST(count(*) FILTER (WHERE is_good) AS DOUBLE) AS good,
        CAST(count(*) AS DOUBLE) AS audits
    FROM mart.fct_ehcp_audit
    WHERE is_moderated
    GROUP BY academic_year
),

half AS (
    SELECT
        graded.*,
        1.959964 * sqrt(good * (audits - good) / NULLIF(audits, 0) + 0.96036475) AS half_width
    FROM graded
),

told AS (
    SELECT academic_year, 'total' AS breakdown, good AS numerator, audits AS denominator
    FROM half
    UNION ALL
    SELECT academic_year, 'interval=lower', round(good + 1.9207295 - half_width, 6), audits + 3.841459
    FROM half
    UNION ALL
    SELECT academic_year, 'interval=upper', round(good + 1.9207295 + half_width, 6), audits + 3.841459
    FROM half
)

SELECT
    held.academic_year AS period, -- academic year of the audit
    COALESCE(told.breakdown, 'total') AS breakdown, -- total, or an end of the interval
    CAST(told.numerator AS DOUBLE) AS numerator, -- of these, graded outstanding or good by the first auditor
    CAST(told.denominator AS DOUBLE) AS denominator, -- audits that a second auditor moderated
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

/*
title = "Cases of which the SEN2 return and the case system's list say otherwise"
basis = "local"
area = "context"
unit = "percent"
polarity = "low"
grain = "one council in one calendar year, and each kind of difference"
place = "council"
period_rule = "calendar year that both a SEN2 return and the latest list of all cases tell"
period_kind = "calendar_year"
day = "received"
needs = ["sen2.request", "ehcp_cases.request | ehcp_cases.case_list"]
rounding = "decimal_half_up(1)"
source = "the council's own records: figures of a closed year are those of its return, and the case system may have been corrected since"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Of the cases of which either says that a request, a decision on it or the end of an assessment fell into the year: those on which the two differ in one of these days or outcomes, or in whether an exception to the 20 weeks applies, or that only one of them has.",
  "`what=…` counts each kind by itself: a case can differ in several. mart.ehcp_return_difference has what each of the two says.",
  "A case is tied by its number, its UPN and day of receipt, or, where one has no UPN, by month of birth and sex; a day of receipt that is up to sixty days off ties by UPN and is a difference.",
  "No difference says which of the two is right: a return is not corrected after it is closed.",
]
reads = ["ehcp_return_difference", "fct_ehcp_return_compared"]
*/
SELECT
    compared.calendar_year AS period, 'total' AS breakdown, compared.request_id, compared.list_request_id,
    compared.received, compared.list_received, compared.decision, compared.list_decision, compared.ending, compared.list_ending,
    CASE WHEN compared.differs THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator,
    compared._delivery, compared._sheet, compared._row
FROM mart.fct_ehcp_return_compared AS compared
UNION ALL
SELECT
    compared.calendar_year AS period, 'what=' || subject.what AS breakdown, compared.request_id, compared.list_request_id,
    compared.received, compared.list_received, compared.decision, compared.list_decision, compared.ending, compared.list_ending,
    CASE WHEN difference.what IS NOT NULL THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator,
    compared._delivery, compared._sheet, compared._row
FROM mart.fct_ehcp_return_compared AS compared
INNER JOIN (SELECT DISTINCT calendar_year, what FROM mart.ehcp_return_difference) AS subject
    ON subject.calendar_year = compared.calendar_year
LEFT JOIN mart.ehcp_return_difference AS difference
    ON difference.calendar_year = compared.calendar_year
    AND difference.request_id IS NOT DISTINCT FROM compared.request_id
    AND difference.list_request_id IS NOT DISTINCT FROM compared.list_request_id
    AND difference.what = subject.what

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
  "Where persons or assessments of one of the two did not come, cases cannot be tied by their UPN, or endings are not compared: the value is marked.",
  "No difference says which of the two is right: a return is not corrected after it is closed.",
]
reads = ["dim_ehcp_year", "dim_sen2_return", "ehcp_return_difference", "fct_ehcp_return_compared"]

[rows]
every = """
SELECT
    compared.calendar_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, 'total' AS breakdown,
    compared.request_id, compared.list_request_id, compared.received, compared.list_received,
    compared.decision, compared.list_decision, compared.ending, compared.list_ending,
    CASE WHEN compared.differs THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator,
    compared._delivery, compared._sheet, compared._row
FROM mart.fct_ehcp_return_compared AS compared
CROSS JOIN mart.dim_council AS council
UNION ALL
SELECT
    compared.calendar_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, 'what=' || subject.what AS breakdown,
    compared.request_id, compared.list_request_id, compared.received, compared.list_received,
    compared.decision, compared.list_decision, compared.ending, compared.list_ending,
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
CROSS JOIN mart.dim_council AS council
"""
*/
WITH counted AS (
    SELECT
        calendar_year,
        'total' AS breakdown,
        count(*) FILTER (WHERE differs) AS different,
        count(*) AS cases
    FROM mart.fct_ehcp_return_compared
    GROUP BY calendar_year
),

by_kind AS (
    SELECT difference.calendar_year, 'what=' || difference.what AS breakdown, count(*) AS different, max(counted.cases) AS cases
    FROM mart.ehcp_return_difference AS difference
    INNER JOIN counted ON counted.calendar_year = difference.calendar_year
    GROUP BY difference.calendar_year, difference.what
),

valued AS (
    SELECT * FROM counted
    UNION ALL
    SELECT * FROM by_kind
)

SELECT
    valued.calendar_year AS period, -- calendar year that both tell
    valued.breakdown AS breakdown, -- all, or one kind of difference
    CAST(valued.different AS DOUBLE) AS numerator, -- cases of which the two say otherwise
    CAST(valued.cases AS DOUBLE) AS denominator, -- cases of the year that either has
    NULLIF(concat_ws(
        '; ',
        'partial: ' || sen2.absence,
        CASE WHEN sen2.persons = 0 THEN 'partial: of the SEN2 return of ' || sen2.collection_year || ' did not come, or has no record: sen2.person' END,
        'partial: ' || year.list_absence
    ), '') AS mark
FROM valued
INNER JOIN mart.dim_ehcp_year AS year ON year.calendar_year = valued.calendar_year
INNER JOIN mart.dim_sen2_return AS sen2 ON sen2.calendar_year = valued.calendar_year

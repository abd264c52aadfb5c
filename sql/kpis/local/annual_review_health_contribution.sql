/*
title = "Annual reviews in which a health service had a part, of children known to it"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one academic year"
place = "council"
period_rule = "academic year of the review meeting"
period_kind = "academic_year"
needs = ["annual_review_contributions.ar_contribution"]
rounding = "decimal_half_up(1)"
source = "SEND Regulations 2014, regulations 19 and 20; domain notes 1f and 3.2: known to the service, and received in time or attended"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Of reviews whose child is known to at least one health service (therapy, CAMHS, community): whether a service is known is the council's own record, and a service left blank there raises the rate.",
  "A part is advice received by the day it was due, or attendance; advice that came late and a nil return are none. annual_review_advice_in_time, annual_review_attendance and annual_review_nil_return tell them apart, agency by agency.",
  "A year of which the register lacks a season, or that was not over when it was last delivered, has a mark.",
  "No national figure exists to compare with.",
  "Reviews of plans that have ended since are counted too.",
]
reads = ["dim_contribution_year", "fct_annual_review_service"]

[rows]
every = """
SELECT
    review.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, 'total' AS breakdown,
    review.request_id, review.meeting, review.agency, review.agencies,
    CASE WHEN review.has_part THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator,
    review._delivery, review._sheet, review._row
FROM mart.fct_annual_review_service AS review
CROSS JOIN mart.dim_council AS council
WHERE review.service = 'health'
"""

[series]
day = "meeting"
kinds = ["month", "term", "calendar_year", "rolling_12_months", "academic_year_to_date"]
*/
SELECT
    register.academic_year AS period, -- academic year of the meeting
    CAST(count(*) FILTER (WHERE review.has_part) AS DOUBLE) AS numerator, -- reviews in which at least one such service had a part
    CAST(count(review.meeting) AS DOUBLE) AS denominator, -- reviews of children known to at least one such service
    CASE WHEN register.reviews = 0 THEN 'unavailable' END AS reason, -- no review of the year
    'partial: ' || register.absence AS mark
FROM mart.dim_contribution_year AS register
LEFT JOIN mart.fct_annual_review_service AS review
    ON review.academic_year = register.academic_year
    AND review.service = 'health'
GROUP BY register.academic_year, register.reviews, register.absence
HAVING count(review.meeting) > 0
    OR register.reviews = 0

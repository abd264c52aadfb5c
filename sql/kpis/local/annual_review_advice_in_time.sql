/*
title = "Advice to annual reviews that came in by the day it was due"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one academic year, and each agency"
place = "council"
period_rule = "academic year of the review meeting"
period_kind = "academic_year"
needs = ["annual_review_contributions.ar_contribution"]
rounding = "decimal_half_up(1)"
source = "SEND Regulations 2014, regulation 20; domain notes 1f"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Of parts of agencies that know the child (`known_to_service`): whether they do is the council's own record. Each agency of a review counts by itself.",
  "Read beside annual_review_attendance: an agency that attends and writes nothing has a part in the review, and is not in this figure.",
  "An agency that was not asked is in the denominator: it could not answer.",
  "A nil return is no advice.",
  "A year of which the register lacks a season, or that was not over when it was last delivered, has a mark.",
  "No national figure exists to compare with.",
]
reads = ["dim_contribution_year", "fct_annual_review_part"]

[rows]
every = """
SELECT
    part.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, part.breakdown,
    part.request_id, part.meeting, part.agency, part.due, part.received,
    CASE WHEN part.is_in_time THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator, part._delivery, part._sheet, part._row
FROM mart.fct_annual_review_part AS part
CROSS JOIN mart.dim_council AS council
"""

[series]
day = "meeting"
kinds = ["month", "term", "calendar_year", "rolling_12_months", "academic_year_to_date"]
*/
SELECT
    register.academic_year AS period, -- academic year of the meeting
    COALESCE(part.breakdown, 'total') AS breakdown, -- the whole council, or one agency
    CAST(count(*) FILTER (WHERE part.is_in_time) AS DOUBLE) AS numerator, -- advice received by the day it was due, two weeks before the meeting
    CAST(count(part.agency) AS DOUBLE) AS denominator, -- parts of agencies that know the child
    CASE WHEN register.reviews = 0 THEN 'unavailable' END AS reason, -- no review of the year
    'partial: ' || register.absence AS mark
FROM mart.dim_contribution_year AS register
LEFT JOIN mart.fct_annual_review_part AS part ON part.academic_year = register.academic_year
GROUP BY register.academic_year, register.reviews, register.absence, part.breakdown
HAVING count(part.agency) > 0
    OR register.reviews = 0

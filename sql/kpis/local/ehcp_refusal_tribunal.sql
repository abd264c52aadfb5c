/*
title = "Refusals to assess or to issue a plan against which there was an appeal"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "none"
grain = "one council in one calendar year, and each stage"
place = "council"
period_rule = "calendar year in which the refusal was told"
period_kind = "calendar_year"
needs = ["sen2.request", "sen2.assessment"]
rounding = "decimal_half_up(1)"
source = "DfE, SEN2 guide, items 2.5, 2.6, 3.3 and 3.4; Education, health and care plans, 2025: mediation_related_request, tribunal_related_request, tribunal_after_mediation_request and those of assessments"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "`mediation=yes`: of the refusals about which there was mediation, those with an appeal after it.",
  "Another measure than tribunal_appeal_rate, which divides all appeals registered, by the tribunal's count, by all decisions that can be appealed.",
  "Refusals told in the year: to assess, and after an assessment to issue a plan. A refusal is the authority's own decision; appeals about the contents of plans are not in it.",
  "A mediation or an appeal counts whichever return tells of it: it may come after the year of the refusal.",
  "A year whose return, or whose requests or assessments, are not here has no value, and the mark says what is missing.",
]
reads = ["dim_sen2_return", "fct_ehcp_refusal"]

[rows]
every = """
SELECT
    refusal.calendar_year AS period, 'authority' AS geography_level, council.la_code AS geography_code,
    CASE split.kind WHEN 'stage' THEN 'stage=' || refusal.stage ELSE split.kind END AS breakdown,
    refusal.request_id, refusal.stage, refusal.refused, refusal.has_mediation, refusal.has_tribunal,
    CASE WHEN refusal.has_tribunal THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator,
    refusal._delivery, refusal._sheet, refusal._row
FROM mart.fct_ehcp_refusal AS refusal
CROSS JOIN mart.dim_council AS council
CROSS JOIN (VALUES ('total'), ('stage'), ('mediation=yes')) AS split (kind)
WHERE split.kind <> 'mediation=yes'
    OR refusal.has_mediation
"""
*/
WITH counted AS (
    SELECT calendar_year, 'total' AS breakdown, has_tribunal AS is_in_numerator
    FROM mart.fct_ehcp_refusal
    UNION ALL
    SELECT calendar_year, 'stage=' || stage AS breakdown, has_tribunal AS is_in_numerator
    FROM mart.fct_ehcp_refusal
    UNION ALL
    SELECT calendar_year, 'mediation=yes' AS breakdown, has_tribunal AS is_in_numerator
    FROM mart.fct_ehcp_refusal
    WHERE has_mediation
)

SELECT
    sen2.calendar_year AS period, -- calendar year of the refusal
    COALESCE(counted.breakdown, 'total') AS breakdown, -- both stages, or one
    CAST(count(*) FILTER (WHERE counted.is_in_numerator) AS DOUBLE) AS numerator, -- of these, with an appeal to the tribunal
    CAST(count(counted.calendar_year) AS DOUBLE) AS denominator, -- refusals told in the year
    CASE WHEN sen2.requests = 0 OR sen2.assessments = 0 THEN 'unavailable' END AS reason, -- the return has no requests or no assessments
    CASE WHEN sen2.requests = 0 OR sen2.assessments = 0 THEN 'no source: ' || sen2.absence END AS mark
FROM mart.dim_sen2_return AS sen2
LEFT JOIN counted ON counted.calendar_year = sen2.calendar_year
GROUP BY sen2.calendar_year, sen2.requests, sen2.assessments, sen2.absence, counted.breakdown
HAVING count(counted.calendar_year) > 0
    OR sen2.requests = 0
    OR sen2.assessments = 0

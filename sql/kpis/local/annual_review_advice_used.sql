/*
title = "Advice to annual reviews that went into the amended plan"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one academic year, and each agency"
place = "council"
period_rule = "academic year of the review meeting"
period_kind = "academic_year"
needs = ["annual_review_contributions.ar_contribution", "sen2.active_plan"]
rounding = "decimal_half_up(1)"
source = "SEND Regulations 2014, regulations 20(10) and 22; domain notes 1f"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Of advice that came in, in time or late, from agencies that know the child, to reviews upon which SEN2 says that the plan is amended (A).",
  "Of the last meetings before each census day alone SEN2 tells the decision: advice to other reviews is left out, and the mark counts it.",
  "A year of which the register lacks a season, or that was not over when it was last delivered, has a mark.",
  "No national figure exists to compare with.",
]
reads = ["dim_contribution_year", "fct_annual_review_part"]

[rows]
every = """
SELECT
    part.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, part.breakdown,
    part.request_id, part.meeting, part.agency, part.due, part.received,
    CASE WHEN part.was_used THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator, part._delivery, part._sheet, part._row
FROM mart.fct_annual_review_part AS part
CROSS JOIN mart.dim_council AS council
WHERE part.received IS NOT NULL
    AND part.outcome = 'A'
"""

[series]
day = "meeting"
kinds = ["month", "term", "calendar_year", "rolling_12_months", "academic_year_to_date"]
*/
SELECT
    register.academic_year AS period, -- academic year of the meeting
    COALESCE(part.breakdown, 'total') AS breakdown, -- the whole council, or one agency
    CAST(count(*) FILTER (WHERE part.outcome = 'A' AND part.was_used) AS DOUBLE) AS numerator, -- advice that went into the amended plan
    CAST(count(*) FILTER (WHERE part.outcome = 'A') AS DOUBLE) AS denominator, -- advice received to reviews upon which the plan was amended
    CASE
        WHEN register.reviews = 0 THEN 'unavailable'
        WHEN count(*) FILTER (WHERE part.outcome = 'A') = 0 AND count(part.agency) > count(part.outcome) THEN 'unavailable'
    END AS reason, -- no review of the year, or no decision upon one told
    NULLIF(
        CASE
            WHEN count(part.agency) = count(part.outcome) THEN ''
            ELSE 'partial: left out, advice to reviews whose decision no SEN2 return tells: '
                || CAST(count(part.agency) - count(part.outcome) AS VARCHAR)
        END
        || CASE WHEN count(part.agency) > count(part.outcome) AND register.absence IS NOT NULL THEN '; ' ELSE '' END
        || COALESCE('partial: ' || register.absence, ''),
        ''
    ) AS mark
FROM mart.dim_contribution_year AS register
LEFT JOIN mart.fct_annual_review_part AS part
    ON part.academic_year = register.academic_year
    AND part.received IS NOT NULL
GROUP BY register.academic_year, register.reviews, register.absence, part.breakdown
HAVING count(*) FILTER (WHERE part.outcome = 'A') > 0
    OR register.reviews = 0
    OR (part.breakdown = 'total' AND count(part.agency) > count(part.outcome))

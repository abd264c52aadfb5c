/*
title = "Cycles of the Graduated Response Tool per pupil"
basis = "local"
area = "ASW1"
unit = "ratio"
unit_words = "cycles for each pupil"
polarity = "none"
grain = "one council in one academic year, in all and by level"
place = "council"
period_rule = "academic year in which the cycle was opened"
period_kind = "academic_year"
needs = ["graduated_response.grt_use"]
rounding = "decimal_half_up(2)"
source = "APP letter of 22 January 2024, Graduated Response Tool; domain notes 0: depth (review cycles)"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Cycles opened in the year over the pupils that they are about: more is deeper use, or a tool that does not help.",
  "A pupil is one under every number; where the log gives none, the reference of the school stands for the pupil. Cycles with neither are left out, and marked.",
]
reads = ["fct_graduated_response", "fct_register_year"]

[rows]
every = """
SELECT
    cycle.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, cycle.breakdown,
    cycle.pupil, cycle.urn, cycle.opened, cycle.cycle_no, 1 AS in_numerator,
    -- Each pupil once: by the first cycle.
    CASE row_number() OVER (
        PARTITION BY cycle.academic_year, cycle.breakdown, cycle.pupil
        ORDER BY cycle.opened NULLS LAST, cycle.grt_id NULLS LAST
    ) WHEN 1 THEN 1 ELSE 0 END AS in_denominator,
    cycle._delivery, cycle._sheet, cycle._row
FROM (
    SELECT used.*, CASE split.kind WHEN 'total' THEN 'total' ELSE 'level=' || used.level END AS breakdown
    FROM mart.fct_graduated_response AS used
    CROSS JOIN (VALUES ('total'), ('level')) AS split (kind)
    WHERE used.pupil IS NOT NULL
) AS cycle
CROSS JOIN mart.dim_council AS council
"""

[series]
day = "opened"
kinds = ["academic_year_to_date"]
*/
WITH cycle AS (
    SELECT academic_year, 'total' AS breakdown, pupil FROM mart.fct_graduated_response
    UNION ALL
    SELECT academic_year, 'level=' || level, pupil FROM mart.fct_graduated_response
),

counted AS (
    SELECT
        academic_year,
        breakdown,
        count(pupil) AS cycles,
        count(DISTINCT pupil) AS pupils,
        sum(CASE WHEN pupil IS NULL THEN 1 ELSE 0 END) AS nameless
    FROM cycle
    GROUP BY academic_year, breakdown
)

SELECT
    held.academic_year AS period, -- academic year
    COALESCE(counted.breakdown, 'total') AS breakdown, -- total, or level
    CAST(counted.cycles AS DOUBLE) AS numerator, -- cycles opened in the year
    CAST(counted.pupils AS DOUBLE) AS denominator, -- pupils that they are about
    CASE WHEN counted.academic_year IS NULL THEN 'unavailable' END AS reason, -- the engine says why where there is nothing to divide by
    held._delivery AS _delivery, -- of many rows the last
    held._sheet AS _sheet,
    CAST(held._row AS INTEGER) AS _row,
    NULLIF(substring(
        COALESCE('; ' || held.mark, '')
        || CASE
            WHEN counted.nameless > 0
                THEN '; partial: ' || CAST(counted.nameless AS VARCHAR) || ' cycles name no pupil and are left out'
            ELSE ''
        END
    FROM 3), '') AS mark
FROM mart.fct_register_year AS held
LEFT JOIN counted ON counted.academic_year = held.academic_year
WHERE held.register = 'graduated_response'

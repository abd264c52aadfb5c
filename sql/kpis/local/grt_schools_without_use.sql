/*
title = "Schools that do not use the Graduated Response Tool"
basis = "local"
area = "ASW1"
unit = "count"
polarity = "low"
grain = "one council in one academic year, in all, by phase, and by what the schools say"
place = "council"
period_rule = "academic year in which no cycle of the tool was opened"
period_kind = "academic_year"
needs = ["graduated_response.grt_use", "school_census.census_return"]
rounding = "decimal_half_up(0)"
source = "APP letter of 22 January 2024: schools owning and utilising the tool; domain notes 0: non-user list"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Schools of the January census without a cycle in the log in the year: mart.fct_graduated_response and mart.fct_census_school have who they are.",
  "By what they say in their returns of the year: `said=pupils have plans` is a school whose log did not come, `said=nothing` one that returned nothing.",
]
reads = ["census_mark", "dim_council", "fct_graduated_response_return", "fct_graduated_response_school", "fct_register_year", "school_missing_from_census"]

[rows]
every = """
SELECT
    school.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code,
    CASE split.kind
        WHEN 'total' THEN 'total'
        WHEN 'phase' THEN 'phase=' || school.phase
        ELSE 'said=' || school.says
    END AS breakdown,
    school.urn, school.phase, school.says, 1 AS in_numerator, school._delivery, school._sheet, school._row
FROM mart.fct_graduated_response_school AS school
CROSS JOIN mart.dim_council AS council
CROSS JOIN (VALUES ('total'), ('phase'), ('said')) AS split (kind)
WHERE school.cycles = 0
"""
*/
WITH judged AS (
    SELECT academic_year, phase, says, CASE WHEN cycles = 0 THEN 1 ELSE 0 END AS is_without
    FROM mart.fct_graduated_response_school
),

counted AS (
    SELECT academic_year, 'total' AS breakdown, sum(is_without) AS schools FROM judged GROUP BY academic_year
    UNION ALL
    SELECT judged.academic_year, 'said=' || word.says, sum(CASE WHEN judged.says = word.says THEN is_without ELSE 0 END)
    FROM judged
    CROSS JOIN (VALUES ('pupils have plans'), ('no pupil has a plan'), ('nothing')) AS word (says)
    GROUP BY judged.academic_year, word.says
    UNION ALL
    SELECT academic_year, 'phase=' || phase, sum(is_without) FROM judged WHERE phase IS NOT NULL GROUP BY academic_year, phase
),

missing AS (
    SELECT academic_year, count(*) AS schools
    FROM mart.school_missing_from_census
    WHERE term = 'spring'
    GROUP BY academic_year
),

any_return AS (
    SELECT DISTINCT academic_year FROM mart.fct_graduated_response_return
),

silent AS (
    SELECT academic_year, count(*) AS schools
    FROM judged
    WHERE says = 'nothing'
    GROUP BY academic_year
)

SELECT
    held.academic_year AS period, -- academic year
    COALESCE(counted.breakdown, 'total') AS breakdown, -- total, phase, or what they say
    CASE WHEN held.entries > 0 AND (counted.breakdown NOT LIKE 'said=%' OR any_return.academic_year IS NOT NULL) THEN CAST(counted.schools AS DOUBLE) END AS numerator, -- schools without a cycle in the year
    CASE WHEN held.entries = 0 OR counted.academic_year IS NULL OR (counted.breakdown LIKE 'said=%' AND any_return.academic_year IS NULL) THEN 'unavailable' END AS reason, -- the engine says why where there is nothing to divide by
    held._delivery AS _delivery, -- of many rows the last
    held._sheet AS _sheet,
    CAST(held._row AS INTEGER) AS _row,
    NULLIF(substring(
        CASE
            WHEN counted.academic_year IS NULL THEN '; no source: no school census of spring ' || held.academic_year
            WHEN counted.breakdown LIKE 'said=%' AND any_return.academic_year IS NULL
                THEN '; no source: no school returned anything in ' || held.academic_year
            ELSE COALESCE('; ' || held.mark, '')
                || CASE
                    WHEN counted.breakdown LIKE 'said=%' AND silent.schools > 0
                        THEN '; partial: ' || CAST(silent.schools AS VARCHAR) || ' schools of the January census returned nothing'
                    ELSE ''
                END
                || COALESCE('; ' || unlinked.mark, '')
        END
        || CASE
            WHEN missing.schools > 0
                THEN '; partial: ' || CAST(missing.schools AS VARCHAR) || ' schools are missing from the January census'
            ELSE ''
        END
    FROM 3), '') AS mark
FROM mart.fct_register_year AS held
LEFT JOIN counted ON counted.academic_year = held.academic_year
LEFT JOIN missing ON missing.academic_year = held.academic_year
LEFT JOIN silent ON silent.academic_year = held.academic_year
LEFT JOIN any_return ON any_return.academic_year = held.academic_year
CROSS JOIN mart.dim_council AS council
LEFT JOIN mart.census_mark AS unlinked
    ON unlinked.academic_year = held.academic_year
    AND unlinked.about = 'links'
    AND unlinked.geography_level = 'authority'
    AND unlinked.geography_code = council.la_code
    AND unlinked.breakdown = 'any'
WHERE held.register = 'graduated_response'

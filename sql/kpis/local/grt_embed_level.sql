/*
title = "Schools in which the Graduated Response Tool is embedded in the whole school"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one academic year, in all and by level"
place = "council"
period_rule = "academic year: the last term of it that the school returned"
period_kind = "academic_year"
needs = ["graduated_response.grt_school_return"]
returns = "graduated response"
rounding = "decimal_half_up(1)"
source = "APP letter of 22 January 2024: Graduated Response Tool embedded; domain notes 1f, grt_school_return: 0 unaware, 1 aware, 2 used for some, 3 whole school"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "As the school sees it itself, over the schools that returned: `level=0` to `level=3` add up to all of them. Read grt_reach for what was done.",
  "Schools of the January census that returned nothing are in no part, and counted in the mark.",
]
reads = ["census_mark", "dim_council", "fct_graduated_response_word", "fct_register_year"]

[rows]
every = """
SELECT
    word.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, band.breakdown,
    word.urn, word.term, word.embed_level,
    CASE WHEN word.embed_level = band.level THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator,
    word._delivery, word._sheet, word._row
FROM mart.fct_graduated_response_word AS word
CROSS JOIN mart.dim_council AS council
CROSS JOIN (VALUES ('total', 3), ('level=0', 0), ('level=1', 1), ('level=2', 2), ('level=3', 3)) AS band (breakdown, level)
WHERE word.has_returned
"""
*/
WITH silent AS (
    SELECT academic_year, count(*) AS schools
    FROM mart.fct_graduated_response_word
    WHERE NOT has_returned
    GROUP BY academic_year
),

-- The last word of each school in the year.
counted AS (
    SELECT
        word.academic_year,
        band.breakdown,
        sum(CASE WHEN word.embed_level = band.level THEN 1 ELSE 0 END) AS schools,
        count(*) AS returned
    FROM mart.fct_graduated_response_word AS word
    CROSS JOIN (VALUES ('total', 3), ('level=0', 0), ('level=1', 1), ('level=2', 2), ('level=3', 3)) AS band (breakdown, level)
    WHERE word.has_returned
    GROUP BY word.academic_year, band.breakdown
)

SELECT
    held.academic_year AS period, -- academic year
    COALESCE(counted.breakdown, 'total') AS breakdown, -- whole school, or each level
    CAST(counted.schools AS DOUBLE) AS numerator, -- schools of that level
    CAST(counted.returned AS DOUBLE) AS denominator, -- schools that returned in the year
    CASE WHEN counted.academic_year IS NULL THEN 'unavailable' END AS reason, -- the engine says why where there is nothing to divide by
    held._delivery AS _delivery, -- of many rows the last
    held._sheet AS _sheet,
    CAST(held._row AS INTEGER) AS _row,
    NULLIF(substring(
        COALESCE('; ' || held.mark, '')
        || CASE
            WHEN held.entries > 0 AND silent.schools > 0
                THEN '; partial: ' || CAST(silent.schools AS VARCHAR) || ' schools of the January census returned nothing'
            ELSE ''
        END
        || CASE WHEN counted.academic_year IS NOT NULL THEN COALESCE('; ' || unlinked.mark, '') ELSE '' END
    FROM 3), '') AS mark
FROM mart.fct_register_year AS held
LEFT JOIN counted ON counted.academic_year = held.academic_year
LEFT JOIN silent ON silent.academic_year = held.academic_year
CROSS JOIN mart.dim_council AS council
LEFT JOIN mart.census_mark AS unlinked
    ON unlinked.academic_year = held.academic_year
    AND unlinked.about = 'links'
    AND unlinked.geography_level = 'authority'
    AND unlinked.geography_code = council.la_code
    AND unlinked.breakdown = 'any'
WHERE held.register = 'graduated_response_return'

/*
title = "Schools whose SENCO is trained in the Graduated Response Tool"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one academic year"
place = "council"
period_rule = "academic year: the last term of it that the school returned"
period_kind = "academic_year"
needs = ["graduated_response.grt_school_return"]
returns = "graduated response"
rounding = "decimal_half_up(1)"
source = "APP letter of 22 January 2024: Graduated Response Tool embedded; domain notes 1f, grt_school_return"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Over the schools that returned and said yes or no.",
  "Schools of the January census that returned nothing are in no part, and counted in the mark.",
]
reads = ["census_mark", "dim_council", "fct_graduated_response_word", "fct_register_year"]

[rows]
every = """
SELECT
    word.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, 'total' AS breakdown,
    word.urn, word.term, word.is_senco_trained,
    CASE WHEN word.is_senco_trained THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator,
    word._delivery, word._sheet, word._row
FROM mart.fct_graduated_response_word AS word
CROSS JOIN mart.dim_council AS council
WHERE word.is_senco_trained IS NOT NULL
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
    SELECT academic_year, sum(CASE WHEN is_senco_trained THEN 1 ELSE 0 END) AS schools, count(*) AS returned
    FROM mart.fct_graduated_response_word
    WHERE is_senco_trained IS NOT NULL
    GROUP BY academic_year
)

SELECT
    held.academic_year AS period, -- academic year
    CAST(counted.schools AS DOUBLE) AS numerator, -- of these, schools with a trained SENCO
    CAST(counted.returned AS DOUBLE) AS denominator, -- schools that said whether theirs is
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

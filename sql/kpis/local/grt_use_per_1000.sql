/*
title = "Pupils with a plan of the Graduated Response Tool per 1,000 with SEN support"
basis = "local"
area = "ASW1"
unit = "ratio"
unit_words = "pupils for each 1,000 with SEN support"
scale = 1000
polarity = "high"
grain = "one council in one academic year, in all and by phase"
place = "council"
period_rule = "academic year in which a cycle was opened; SEN support as in its January census"
period_kind = "academic_year"
needs = ["graduated_response.grt_use", "school_census.pupil_on_roll"]
rounding = "decimal_half_up(1)"
source = "APP letter of 22 January 2024, Graduated Response Tool; domain notes 0: use per 1,000 SEN-support pupils"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Pupils with a cycle of whatever level, so that it may exceed 1,000: the tool is for universal provision too.",
  "By phase: of the school that opened the cycle, over the headcount of schools of that phase; a pupil with cycles in two phases is in both.",
]
reads = ["census_mark", "dim_council", "fct_graduated_response", "fct_graduated_response_school", "fct_register_year", "fct_roll"]

[rows]
numerator = """
SELECT
    cycle.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, cycle.breakdown,
    cycle.pupil, cycle.urn, cycle.opened, cycle.level, cycle._delivery, cycle._sheet, cycle._row
FROM (
    -- Each pupil once: by the first cycle, of a phase by the first at a school of it.
    SELECT
        used.*,
        CASE split.kind WHEN 'total' THEN 'total' ELSE 'phase=' || school.phase END AS breakdown,
        row_number() OVER (
            PARTITION BY used.academic_year, used.pupil, split.kind, CASE split.kind WHEN 'phase' THEN school.phase END
            ORDER BY used.opened NULLS LAST, used.grt_id NULLS LAST
        ) AS choice
    FROM mart.fct_graduated_response AS used
    LEFT JOIN mart.fct_graduated_response_school AS school
        ON school.academic_year = used.academic_year
        AND school.series_urn = used.series_urn
    CROSS JOIN (VALUES ('total'), ('phase')) AS split (kind)
    WHERE used.pupil IS NOT NULL
) AS cycle
CROSS JOIN mart.dim_council AS council
WHERE cycle.choice = 1
"""
denominator = """
SELECT
    roll.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code,
    CASE split.kind WHEN 'total' THEN 'total' ELSE 'phase=' || roll.phase END AS breakdown,
    roll.pupil, roll.urn, roll.year_group, roll.sen_provision, roll._delivery, roll._sheet, roll._row
FROM mart.fct_roll AS roll
CROSS JOIN mart.dim_council AS council
CROSS JOIN (VALUES ('total'), ('phase')) AS split (kind)
WHERE roll.term = 'spring'
    AND roll.is_headcount
    AND roll.sen_provision = 'K'
"""

[series]
day = "opened"
kinds = ["academic_year_to_date"]
*/
WITH cycle AS (
    SELECT used.academic_year, used.pupil, school.phase
    FROM mart.fct_graduated_response AS used
    LEFT JOIN mart.fct_graduated_response_school AS school
        ON school.academic_year = used.academic_year
        AND school.series_urn = used.series_urn
),

user_of AS (
    SELECT academic_year, 'total' AS breakdown, count(DISTINCT pupil) AS pupils, sum(CASE WHEN pupil IS NULL THEN 1 ELSE 0 END) AS nameless
    FROM cycle
    GROUP BY academic_year
    UNION ALL
    SELECT academic_year, 'phase=' || phase, count(DISTINCT pupil), sum(CASE WHEN pupil IS NULL THEN 1 ELSE 0 END)
    FROM cycle
    WHERE phase IS NOT NULL
    GROUP BY academic_year, phase
),

supported AS (
    SELECT academic_year, 'total' AS breakdown, sum(CASE WHEN sen_provision = 'K' THEN 1 ELSE 0 END) AS pupils
    FROM mart.fct_roll
    WHERE term = 'spring'
        AND is_headcount
    GROUP BY academic_year
    UNION ALL
    SELECT academic_year, 'phase=' || phase, sum(CASE WHEN sen_provision = 'K' THEN 1 ELSE 0 END)
    FROM mart.fct_roll
    WHERE term = 'spring'
        AND is_headcount
        AND phase IS NOT NULL
    GROUP BY academic_year, phase
),

group_of AS (
    SELECT academic_year, breakdown FROM user_of
    UNION
    SELECT supported.academic_year, supported.breakdown FROM supported WHERE supported.pupils > 0
),

judged AS (
    SELECT
        held.academic_year,
        held.entries,
        held.mark,
        held._delivery,
        held._sheet,
        held._row,
        COALESCE(group_of.breakdown, 'total') AS breakdown,
        COALESCE(user_of.pupils, 0) AS users,
        COALESCE(user_of.nameless, 0) AS nameless,
        CASE WHEN EXISTS (SELECT 1 FROM supported AS any_of WHERE any_of.academic_year = held.academic_year)
            THEN COALESCE(supported.pupils, 0) END AS pupils
    FROM mart.fct_register_year AS held
    LEFT JOIN group_of ON group_of.academic_year = held.academic_year
    LEFT JOIN user_of
        ON user_of.academic_year = held.academic_year
        AND user_of.breakdown = group_of.breakdown
    LEFT JOIN supported
        ON supported.academic_year = held.academic_year
        AND supported.breakdown = group_of.breakdown
    WHERE held.register = 'graduated_response'
)

SELECT
    judged.academic_year AS period, -- academic year
    judged.breakdown AS breakdown, -- total, or phase
    CASE WHEN judged.entries > 0 AND judged.pupils IS NOT NULL THEN CAST(judged.users AS DOUBLE) END AS numerator, -- pupils with a cycle opened in the year
    CASE WHEN judged.entries > 0 THEN CAST(judged.pupils AS DOUBLE) END AS denominator, -- pupils of the January headcount with SEN support
    CASE WHEN judged.entries = 0 OR judged.pupils IS NULL THEN 'unavailable' END AS reason, -- the engine says why where there is nothing to divide by
    judged._delivery AS _delivery, -- of many rows the last
    judged._sheet AS _sheet,
    CAST(judged._row AS INTEGER) AS _row,
    NULLIF(substring(
        CASE
            WHEN judged.pupils IS NULL THEN '; no source: no school census of spring ' || judged.academic_year
            ELSE COALESCE('; ' || judged.mark, '')
        END
        || CASE
            WHEN judged.nameless > 0
                THEN '; partial: ' || CAST(judged.nameless AS VARCHAR) || ' cycles name no pupil and are left out'
            ELSE ''
        END
        || CASE WHEN judged.pupils IS NULL THEN '' ELSE COALESCE('; ' || roll.mark, '') END
    FROM 3), '') AS mark
FROM judged
CROSS JOIN mart.dim_council AS council
LEFT JOIN mart.census_mark AS roll
    ON roll.academic_year = judged.academic_year
    AND roll.about = 'roll'
    AND roll.geography_level = 'authority'
    AND roll.geography_code = council.la_code
    AND roll.breakdown = CASE judged.breakdown WHEN 'total' THEN 'any' ELSE judged.breakdown END

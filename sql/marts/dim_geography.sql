/*
title = "In which figures the rows of a school count: its own, its phase's and its authority's"
grain = "one school, as rows of censuses have it, in the figures of one place"
key = ["la_code", "series_urn", "phase", "is_in_totals", "geography_level", "breakdown"]
reads = ["fct_absence", "fct_census_school", "fct_roll", "fct_suspension"]

[columns]
la_code = "Three-digit authority code, as the rows have it."
series_urn = "Unique reference number under which the school's figures stand through the years; NULL where nothing tells it."
phase = "Phase that the school counts under, as the rows have it."
is_in_totals = "Whether figures of an authority count the school, as the rows have it: see dim_school."
geography_level = "school or authority: whose figures."
geography_code = "Unique reference number under which the school's figures stand, or three-digit authority code."
breakdown = "total, or phase=primary and the like, of the authority."
counts = "Whether the rows count there. False in the total of an authority for referral units, nurseries and others: they are in its figures of all pupils alone, and in their phase."
*/
WITH school AS (
    SELECT la_code, series_urn, phase, is_in_totals FROM mart.fct_roll
    UNION
    SELECT la_code, series_urn, phase, is_in_totals FROM mart.fct_suspension
    UNION
    SELECT la_code, series_urn, phase, is_in_totals FROM mart.fct_absence
),

placed AS (
    SELECT school.*, 'authority' AS geography_level, la_code AS geography_code, 'total' AS breakdown, is_in_totals AS counts
    FROM school
    UNION ALL
    SELECT school.*, 'authority', la_code, 'phase=' || phase, TRUE
    FROM school
    WHERE phase IS NOT NULL
    UNION ALL
    SELECT school.*, 'school', series_urn, 'total', TRUE
    FROM school
    WHERE series_urn IN (SELECT known.series_urn FROM mart.fct_census_school AS known WHERE known.series_urn IS NOT NULL)
)

SELECT
    la_code,
    series_urn,
    phase,
    is_in_totals,
    geography_level,
    geography_code,
    breakdown,
    counts
FROM placed
WHERE la_code IS NOT NULL
ORDER BY
    la_code NULLS LAST,
    series_urn NULLS LAST,
    phase NULLS LAST,
    is_in_totals NULLS LAST,
    geography_level NULLS LAST,
    breakdown NULLS LAST

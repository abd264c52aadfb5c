/*
title = "Schools that use the Graduated Response Tool"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one academic year, in all and by phase"
period_rule = "academic year in which a cycle of the tool was opened"
period_kind = "academic_year"
needs = ["graduated_response.grt_use | graduated_response.grt_school_return", "school_census.census_return"]
rounding = "decimal_half_up(1)"
source = "domain notes 3.2, GRT reach: schools with at least one plan over open state-funded schools"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Schools are those in the January census of the year, referral units among them: a year has no value before it. One that uses the tool and sent no census is not counted.",
  "A school that became an academy or merged is one school, under the number that it has now.",
  "One cycle in the year is enough: for depth see cycle_no in mart.fct_graduated_response, for schools that say that they do not use it mart.fct_graduated_response_return.",
  "Only years of which the register has something: no register is not no use.",
]
reads = ["dim_council", "fct_census_school", "fct_graduated_response", "fct_graduated_response_return"]
*/
WITH register_year AS (
    SELECT academic_year FROM mart.fct_graduated_response
    UNION
    SELECT academic_year FROM mart.fct_graduated_response_return
),

used AS (
    SELECT DISTINCT academic_year, series_urn
    FROM mart.fct_graduated_response
),

school AS (
    SELECT census.academic_year, census.series_urn, min(census.phase) AS phase
    FROM mart.fct_census_school AS census
    INNER JOIN register_year
        ON register_year.academic_year = census.academic_year
    WHERE census.term = 'spring'
        AND census.series_urn IS NOT NULL
    GROUP BY census.academic_year, census.series_urn
),

told AS (
    SELECT
        school.academic_year,
        school.phase,
        CASE WHEN used.series_urn IS NULL THEN 0 ELSE 1 END AS is_using
    FROM school
    LEFT JOIN used
        ON used.academic_year = school.academic_year
        AND used.series_urn = school.series_urn
),

placed AS (
    SELECT academic_year, 'total' AS breakdown, is_using FROM told
    UNION ALL
    SELECT academic_year, 'phase=' || phase AS breakdown, is_using FROM told WHERE phase IS NOT NULL
)

SELECT
    placed.academic_year AS period, -- academic year
    'authority' AS geography_level,
    council.la_code AS geography_code, -- three-digit authority code
    council.name AS geography_name, -- as publications print it
    placed.breakdown AS breakdown, -- total, or phase as the census says it
    CAST(sum(placed.is_using) AS DOUBLE) AS numerator, -- schools in which a cycle was opened in the year
    CAST(count(*) AS DOUBLE) AS denominator, -- schools in the January census
    CAST(NULL AS VARCHAR) AS reason, -- the engine says why where there is nothing to divide by
    CAST(NULL AS DOUBLE) AS published, -- nothing printed to compare with
    CAST(NULL AS VARCHAR) AS _delivery, -- of many rows: the mart leads to them
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM placed
CROSS JOIN mart.dim_council AS council
GROUP BY placed.academic_year, placed.breakdown, council.la_code, council.name

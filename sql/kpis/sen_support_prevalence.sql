/*
title = "Pupils with SEN support"
basis = "published"
area = "context"
unit = "percent"
polarity = "none"
grain = "one school, authority, region or nation in one academic year, by phase, kind of school or primary need"
period_rule = "academic year of the January census (performance tables of 2019 and releases of special educational needs 2018/19 speak of January 2019)"
rounding = "decimal_half_up(1)"
source = "DfE, Special educational needs in England (provision, by need, schools), 2015/16 on; DfE, School and college performance tables, census tab (TSENELK, NOR, PSENELK)"
suppression = "as published: nothing in Special educational needs in England; in the performance tables SUPP, NP, NA and NE have no value and a reason, never zero"
caveats = [
  "Where Special educational needs in England and the performance tables both speak of a place and year, the former stands.",
  "By need: of pupils of state-funded schools and non-maintained special schools; no percentage of these is printed, so that they are not comparable.",
  "Before 2014/15 the stages were School Action and School Action Plus: there is no SEN support to compare, and no row here.",
  "Independent schools are listed too.",
]
differences = [
  { layouts = ["performance_2019_csv", "performance_2019_workbook"], levels = ["nation"], periods = ["2018/19"], within = 0.11, what = "The special-school row of England 2018/19 prints percentages (98.3 and 1.6) that are not ratios of the counts beside them (122268 and 2014 of 121738: more plans than pupils)." },
]
reads = ["dim_school", "published_census_performance", "fct_published_sen"]
*/
WITH sen_support_delivery AS (
    -- Files of the older stages have no such column.
    SELECT _delivery
    FROM mart.published_census_performance
    GROUP BY _delivery
    HAVING count(tsenelk) > 0
),

performance AS (
    SELECT
        census.period,
        CASE WHEN census.national_group IS NULL THEN 'school' ELSE 'nation' END AS geography_level,
        CASE
            WHEN census.national_group IS NOT NULL THEN 'E92000001'
            ELSE COALESCE(census.urn, census.la_code || CAST(census.estab AS VARCHAR))
        END AS geography_code,
        CASE WHEN census.national_group IS NULL THEN school.name ELSE 'England' END AS geography_name,
        CASE census.national_group
            WHEN 'PRI' THEN 'phase=primary'
            WHEN 'SEC' THEN 'phase=secondary'
            WHEN 'SPE' THEN 'phase=special'
            ELSE 'total'
        END AS breakdown,
        CAST(census.tsenelk AS DOUBLE) AS numerator,
        CAST(census.nor AS DOUBLE) AS denominator,
        COALESCE(census.tsenelk_reason, census.nor_reason) AS reason,
        CAST(census.psenelk AS DOUBLE) AS published,
        census._delivery,
        census._sheet,
        census._row,
        census._superseded
    FROM mart.published_census_performance AS census
    INNER JOIN sen_support_delivery
        ON sen_support_delivery._delivery = census._delivery
    LEFT JOIN mart.dim_school AS school
        ON school.urn = census.urn
        AND school.is_current
)

SELECT
    period, -- academic year
    geography_level, -- nation, region, authority or school
    geography_code, -- GSS code, three-digit authority code, URN (LAESTAB where there is none)
    geography_name, -- as printed; schools by their current name
    breakdown, -- total, phase, need, kind of school
    CAST(pupil_count AS DOUBLE) AS numerator, -- pupils with SEN support
    CAST(all_pupils AS DOUBLE) AS denominator, -- pupils on roll
    COALESCE(pupil_count_reason, all_pupils_reason) AS reason, -- why there is no value
    CAST(CAST(pupil_percent AS VARCHAR) AS DOUBLE) AS published, -- percentage printed in the file
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.fct_published_sen
WHERE sen_provision = 'SEN support'
UNION ALL
SELECT
    own.period,
    own.geography_level,
    own.geography_code,
    own.geography_name,
    own.breakdown,
    own.numerator,
    own.denominator,
    own.reason,
    own.published,
    own._delivery,
    own._sheet,
    own._row,
    own._superseded OR other.period IS NOT NULL AS _superseded
FROM performance AS own
LEFT JOIN (
    SELECT DISTINCT period, geography_level, geography_code, breakdown
    FROM mart.fct_published_sen
    WHERE NOT _superseded
        AND sen_provision = 'SEN support'
) AS other
    ON other.period = own.period
    AND other.geography_level = own.geography_level
    AND other.geography_code = own.geography_code
    AND other.breakdown = own.breakdown

/*
title = "Pupils with SEN support"
basis = "published"
area = "context"
unit = "percent"
polarity = "none"
grain = "one school, or the schools of one phase in England, in one academic year"
period_rule = "academic year of the January census that the performance tables print (tables of 2019: 2018/19)"
rounding = "decimal_half_up(1)"
source = "DfE, School and college performance tables, census tab (TSENELK, NOR, PSENELK)"
suppression = "as published: SUPP, NP, NA and NE have no value and a reason, never zero"
caveats = [
  "Before 2014/15 the stages were School Action and School Action Plus: there is no SEN support to compare, and no row here.",
  "Independent schools are listed too.",
]
differences = [
  { layouts = ["performance_2019_csv", "performance_2019_workbook"], levels = ["nation"], periods = ["2018/19"], what = "The special-school row of England 2018/19 prints percentages (98.3 and 1.6) that are not ratios of the counts beside them (122268 and 2014 of 121738: more plans than pupils)." },
]
reads = ["dim_school", "published_census_performance"]
*/
WITH sen_support_delivery AS (
    -- Files of the older stages have no such column.
    SELECT _delivery
    FROM mart.published_census_performance
    GROUP BY _delivery
    HAVING count(tsenelk) > 0
)

SELECT
    census.period, -- academic year
    CASE WHEN census.national_group IS NULL THEN 'school' ELSE 'nation' END AS geography_level, -- school or nation
    CASE
        WHEN census.national_group IS NOT NULL THEN 'E92000001'
        ELSE COALESCE(census.urn, census.la_code || CAST(census.estab AS VARCHAR))
    END AS geography_code, -- URN, or LAESTAB where there is none; GSS code of England
    CASE WHEN census.national_group IS NULL THEN school.name ELSE 'England' END AS geography_name, -- current name
    CASE census.national_group
        WHEN 'PRI' THEN 'phase=primary'
        WHEN 'SEC' THEN 'phase=secondary'
        WHEN 'SPE' THEN 'phase=special'
        ELSE 'total'
    END AS breakdown, -- total or phase
    CAST(census.tsenelk AS DOUBLE) AS numerator, -- pupils with SEN support
    CAST(census.nor AS DOUBLE) AS denominator, -- pupils on roll
    COALESCE(census.tsenelk_reason, census.nor_reason) AS reason, -- why there is no value
    CAST(census.psenelk AS DOUBLE) AS published, -- percentage printed in the file, one decimal
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

/*
title = "Pupils with an education, health and care plan or a statement"
basis = "published"
area = "context"
unit = "percent"
polarity = "none"
grain = "one school, or the schools of one phase in England, in one academic year"
period_rule = "academic year of the January census that the performance tables print (tables of 2019: 2018/19)"
rounding = "decimal_half_up(1)"
source = "DfE, School and college performance tables, census tab (TSENELSE, NOR, PSENELSE; in 2014 TOTSENST, TOTPUPSENDN, PTOTSENST)"
suppression = "as published: SUPP, NP, NA and NE have no value and a reason, never zero"
caveats = [
  "2013/14 counts statements of special educational needs, later years statements and plans.",
  "Independent schools are listed too.",
]
differences = [
  { layouts = ["performance_2019_csv", "performance_2019_workbook"], levels = ["nation"], periods = ["2018/19"], what = "The special-school row of England 2018/19 prints percentages (98.3 and 1.6) that are not ratios of the counts beside them (122268 and 2014 of 121738: more plans than pupils)." },
]
reads = ["dim_school", "published_census_performance"]
*/
WITH plan_delivery AS (
    -- The file of 2014 has statements only; every later one has plans and statements together.
    SELECT
        _delivery,
        count(tsenelse) > 0 AS has_plans
    FROM mart.published_census_performance
    GROUP BY _delivery
),

pupils AS (
    SELECT
        census.period,
        census.national_group,
        census.urn,
        census.la_code,
        census.estab,
        CASE WHEN plan_delivery.has_plans THEN census.tsenelse ELSE census.totsenst END AS plans,
        CASE WHEN plan_delivery.has_plans THEN census.tsenelse_reason ELSE census.totsenst_reason END AS plans_reason,
        CASE WHEN plan_delivery.has_plans THEN census.nor ELSE census.totpupsendn END AS on_roll,
        CASE WHEN plan_delivery.has_plans THEN census.nor_reason ELSE census.totpupsendn_reason END AS on_roll_reason,
        CASE WHEN plan_delivery.has_plans THEN census.psenelse ELSE census.ptotsenst END AS printed,
        census._delivery,
        census._sheet,
        census._row,
        census._superseded
    FROM mart.published_census_performance AS census
    INNER JOIN plan_delivery
        ON plan_delivery._delivery = census._delivery
)

SELECT
    pupils.period, -- academic year
    CASE WHEN pupils.national_group IS NULL THEN 'school' ELSE 'nation' END AS geography_level, -- school or nation
    CASE
        WHEN pupils.national_group IS NOT NULL THEN 'E92000001'
        ELSE COALESCE(pupils.urn, pupils.la_code || CAST(pupils.estab AS VARCHAR))
    END AS geography_code, -- URN, or LAESTAB where there is none; GSS code of England
    CASE WHEN pupils.national_group IS NULL THEN school.name ELSE 'England' END AS geography_name, -- current name
    CASE pupils.national_group
        WHEN 'PRI' THEN 'phase=primary'
        WHEN 'SEC' THEN 'phase=secondary'
        WHEN 'SPE' THEN 'phase=special'
        ELSE 'total'
    END AS breakdown, -- total or phase
    CAST(pupils.plans AS DOUBLE) AS numerator, -- pupils with a plan or statement
    CAST(pupils.on_roll AS DOUBLE) AS denominator, -- pupils on roll
    COALESCE(pupils.plans_reason, pupils.on_roll_reason) AS reason, -- why there is no value
    CAST(pupils.printed AS DOUBLE) AS published, -- percentage printed in the file, one decimal
    pupils._delivery,
    pupils._sheet,
    pupils._row,
    pupils._superseded
FROM pupils
LEFT JOIN mart.dim_school AS school
    ON school.urn = pupils.urn
    AND school.is_current

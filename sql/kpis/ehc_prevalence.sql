/*
title = "Pupils with an education, health and care plan or a statement"
basis = "published"
area = "context"
unit = "percent"
polarity = "none"
grain = "one school, authority, region or nation in one academic year, by phase, kind of school or primary need"
period_rule = "academic year of the January census (performance tables of 2019 and releases of special educational needs 2018/19 speak of January 2019)"
rounding = "decimal_half_up(1)"
source = "DfE, Special educational needs in England (provision, by need, schools), 2015/16 on; DfE, School and college performance tables, census tab (TSENELSE, NOR, PSENELSE; in 2014 TOTSENST, TOTPUPSENDN, PTOTSENST)"
suppression = "as published: nothing in Special educational needs in England; in the performance tables SUPP, NP, NA and NE have no value and a reason, never zero"
caveats = [
  "Where Special educational needs in England and the performance tables both speak of a place and year, the former stands.",
  "By need: of pupils of state-funded schools and non-maintained special schools; no percentage of these is printed, so that they are not comparable.",
  "2013/14 counts statements of special educational needs, later years statements and plans.",
  "Independent schools are listed too.",
]
differences = [
  { layouts = ["performance_2019_csv", "performance_2019_workbook"], levels = ["nation"], periods = ["2018/19"], within = 2.2, what = "The special-school row of England 2018/19 prints percentages (98.3 and 1.6) that are not ratios of the counts beside them (122268 and 2014 of 121738: more plans than pupils)." },
]
reads = ["dim_school", "published_census_performance", "fct_published_sen"]
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
),

performance AS (
    SELECT
        pupils.period,
        CASE WHEN pupils.national_group IS NULL THEN 'school' ELSE 'nation' END AS geography_level,
        CASE
            WHEN pupils.national_group IS NOT NULL THEN 'E92000001'
            ELSE COALESCE(pupils.urn, pupils.la_code || CAST(pupils.estab AS VARCHAR))
        END AS geography_code,
        CASE WHEN pupils.national_group IS NULL THEN school.name ELSE 'England' END AS geography_name,
        CASE pupils.national_group
            WHEN 'PRI' THEN 'phase=primary'
            WHEN 'SEC' THEN 'phase=secondary'
            WHEN 'SPE' THEN 'phase=special'
            ELSE 'total'
        END AS breakdown,
        CAST(pupils.plans AS DOUBLE) AS numerator,
        CAST(pupils.on_roll AS DOUBLE) AS denominator,
        COALESCE(pupils.plans_reason, pupils.on_roll_reason) AS reason,
        CAST(pupils.printed AS DOUBLE) AS published,
        pupils._delivery,
        pupils._sheet,
        pupils._row,
        pupils._superseded
    FROM pupils
    LEFT JOIN mart.dim_school AS school
        ON school.urn = pupils.urn
        AND school.is_current
)

SELECT
    period, -- academic year
    geography_level, -- nation, region, authority or school
    geography_code, -- GSS code, three-digit authority code, URN (LAESTAB where there is none)
    geography_name, -- as printed; schools by their current name
    breakdown, -- total, phase, need, kind of school
    CAST(pupil_count AS DOUBLE) AS numerator, -- pupils with a plan
    CAST(all_pupils AS DOUBLE) AS denominator, -- pupils on roll
    COALESCE(pupil_count_reason, all_pupils_reason) AS reason, -- why there is no value
    CAST(CAST(pupil_percent AS VARCHAR) AS DOUBLE) AS published, -- percentage printed in the file
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.fct_published_sen
WHERE sen_provision = 'EHC plan'
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
        AND sen_provision = 'EHC plan'
) AS other
    ON other.period = own.period
    AND other.geography_level = own.geography_level
    AND other.geography_code = own.geography_code
    AND other.breakdown = own.breakdown

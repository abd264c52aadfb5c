/*
title = "Teachers, full-time equivalent"
basis = "published"
area = "workforce"
unit = "fte"
polarity = "none"
grain = "one school, one authority, or the schools of one phase in England, in one academic year"
period_rule = "academic year of the November census that the performance tables print (tables of 2019: November 2018, 2018/19)"
rounding = "none(1)"
source = "DfE, School and college performance tables, workforce tab (NFTETEA, Total Number of Teachers (Full-Time Equivalent))"
suppression = "as published: SUPP, NP, NA, NE and DNS have no value and a reason, never zero; a sum over one of them has no value and the reason at_least, its known part is the numerator"
caveats = [
  "Authorities are sums over the schools that the file lists, made here: DfE prints none.",
  "Centrally employed teachers are not in these files.",
]
not_comparable = "a figure that the file prints as it stands: there is nothing to compute (authorities are sums made here)"
reads = ["dim_authority", "dim_school", "published_workforce_performance"]
*/
WITH printed AS (
    SELECT
        workforce.period,
        CASE WHEN workforce.national_group IS NULL THEN 'school' ELSE 'nation' END AS geography_level,
        CASE
            WHEN workforce.national_group IS NOT NULL THEN 'E92000001'
            ELSE COALESCE(workforce.urn, workforce.la_code || CAST(workforce.estab AS VARCHAR))
        END AS geography_code,
        CASE WHEN workforce.national_group IS NULL THEN school.name ELSE 'England' END AS geography_name,
        CASE workforce.national_group
            WHEN 'PRI' THEN 'phase=primary'
            WHEN 'SEC' THEN 'phase=secondary'
            WHEN 'SPE' THEN 'phase=special'
            ELSE 'total'
        END AS breakdown,
        CAST(workforce.teachers_fte AS DOUBLE) AS numerator,
        workforce.teachers_fte_reason AS reason,
        CAST(workforce.teachers_fte AS DOUBLE) AS published,
        workforce._delivery,
        workforce._sheet,
        workforce._row,
        workforce._superseded
    FROM mart.published_workforce_performance AS workforce
    LEFT JOIN mart.dim_school AS school
        ON school.urn = workforce.urn
        AND school.is_current
),

authority_name AS (
    SELECT
        la_code,
        min(name) AS name
    FROM mart.dim_authority
    WHERE is_current
    GROUP BY la_code
),

authority AS (
    SELECT
        workforce.period,
        workforce.la_code,
        -- Summed exactly as decimals, then made a DOUBLE once.
        CAST(sum(workforce.teachers_fte) AS DOUBLE) AS numerator,
        CASE WHEN count(workforce.teachers_fte) < count(*) THEN 'at_least' END AS reason,
        workforce._delivery,
        min(workforce._sheet) AS _sheet,
        workforce._superseded
    FROM mart.published_workforce_performance AS workforce
    WHERE workforce.national_group IS NULL
        AND workforce.la_code IS NOT NULL
    GROUP BY workforce.period, workforce.la_code, workforce._delivery, workforce._superseded
)

SELECT
    period, -- academic year
    geography_level, -- school or nation
    geography_code, -- URN, or LAESTAB where there is none; GSS code of England
    geography_name, -- current name
    breakdown, -- total or phase
    numerator, -- full-time equivalent teachers
    CAST(NULL AS DOUBLE) AS denominator, -- none: a sum of posts
    reason, -- why there is no value
    published, -- the figure printed in the file
    _delivery,
    _sheet,
    _row,
    _superseded
FROM printed

UNION ALL

SELECT
    authority.period, -- academic year
    'authority' AS geography_level, -- authority
    authority.la_code AS geography_code, -- three-digit authority code
    authority_name.name AS geography_name, -- current name
    'total' AS breakdown, -- all schools that the file lists
    authority.numerator, -- full-time equivalent teachers of the schools whose figure is known
    CAST(NULL AS DOUBLE) AS denominator, -- none: a sum of posts
    authority.reason, -- at_least when a school's figure is missing
    CAST(NULL AS DOUBLE) AS published, -- DfE prints no authority figure
    authority._delivery,
    authority._sheet,
    CAST(NULL AS INTEGER) AS _row, -- many rows
    authority._superseded
FROM authority
LEFT JOIN authority_name
    ON authority_name.la_code = authority.la_code

/*
title = "Pupils per teacher"
basis = "published"
area = "workforce"
unit = "ratio"
polarity = "low"
grain = "one school, or the schools of one phase in England, in one academic year"
period_rule = "academic year of the November census that the performance tables print (tables of 2019: November 2018, 2018/19)"
rounding = "none(1)"
source = "DfE, School and college performance tables, workforce tab (RATPUPTEA, Pupil: Teacher Ratio)"
suppression = "as published: SUPP, NP, NA, NE and DNS have no value and a reason, never zero"
caveats = [
  "Full-time equivalent pupils (part-time counted as half) over full-time equivalent teachers.",
]
carries = true
not_comparable = "carried as printed: the file has no full-time equivalent pupils to divide"
reads = ["dim_school", "published_workforce_performance"]
*/
SELECT
    workforce.period, -- academic year
    CASE WHEN workforce.national_group IS NULL THEN 'school' ELSE 'nation' END AS geography_level, -- school or nation
    CASE
        WHEN workforce.national_group IS NOT NULL THEN 'E92000001'
        ELSE COALESCE(workforce.urn, workforce.la_code || CAST(workforce.estab AS VARCHAR))
    END AS geography_code, -- URN, or LAESTAB where there is none; GSS code of England
    CASE WHEN workforce.national_group IS NULL THEN school.name ELSE 'England' END AS geography_name, -- current name
    CASE workforce.national_group
        WHEN 'PRI' THEN 'phase=primary'
        WHEN 'SEC' THEN 'phase=secondary'
        WHEN 'SPE' THEN 'phase=special'
        ELSE 'total'
    END AS breakdown, -- total or phase
    CAST(NULL AS DOUBLE) AS numerator, -- full-time equivalent pupils: not in the file
    CAST(workforce.teachers_fte AS DOUBLE) AS denominator, -- full-time equivalent teachers
    workforce.pupil_teacher_ratio_reason AS reason, -- why there is no value
    CAST(workforce.pupil_teacher_ratio AS DOUBLE) AS published, -- ratio printed in the file, one decimal
    workforce._delivery,
    workforce._sheet,
    workforce._row,
    workforce._superseded
FROM mart.published_workforce_performance AS workforce
LEFT JOIN mart.dim_school AS school
    ON school.urn = workforce.urn
    AND school.is_current

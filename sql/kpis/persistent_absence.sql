/*
title = "Enrolments that missed 10 % or more of their own possible sessions"
basis = "published"
area = "ASW2"
unit = "percent"
polarity = "low"
grain = "one school, authority, region or nation in one academic year or part of it, by phase or characteristic"
period_rule = "academic year, 1 September to 31 August, and the terms of it that are published (2024/25 autumn, 2024/25 autumn and spring)"
rounding = "none(5)"
source = "DfE, Pupil absence in schools in England: by geographic level (schools and alternative provision too), by characteristic, of four-year-olds, persistent and severe absentees"
suppression = "as published: none; x is not available, z not applicable"
reads = ["fct_published_absence"]
caveats = [
  "Of pupils aged 5 to 15 in state-funded primary, secondary and special schools; alternative provision is a phase beside the total.",
  "Years to 2011/12 were published of five half terms and are broken down so where the file says it.",
  "Severe absence is part of persistent absence.",
]
*/
SELECT
    period, -- academic year
    geography_level, -- nation, region, authority or school
    geography_code, -- GSS code, three-digit authority code, LAESTAB
    geography_name, -- as printed
    breakdown, -- total, term, phase, characteristic
    CAST(enrolments_pa_10_exact AS DOUBLE) AS numerator, -- enrolments that missed as much
    CAST(enrolments AS DOUBLE) AS denominator, -- enrolments aged 5 to 15
    COALESCE(enrolments_pa_10_exact_reason, enrolments_reason) AS reason, -- why there is no value
    CAST(enrolments_pa_10_exact_percent AS DOUBLE) AS published, -- rate printed in the file
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.fct_published_absence
-- Files that do not have the figure say nothing of it.
WHERE enrolments_pa_10_exact IS NOT NULL OR enrolments_pa_10_exact_reason <> 'unavailable'

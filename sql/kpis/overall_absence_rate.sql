/*
title = "Sessions missed"
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
]
*/
SELECT
    period, -- academic year
    geography_level, -- nation, region, authority or school
    geography_code, -- GSS code, three-digit authority code, LAESTAB
    geography_name, -- as printed
    breakdown, -- total, term, phase, characteristic
    CAST(sess_overall AS DOUBLE) AS numerator, -- sessions missed
    CAST(sess_possible AS DOUBLE) AS denominator, -- possible sessions
    COALESCE(sess_overall_reason, sess_possible_reason) AS reason, -- why there is no value
    CAST(sess_overall_percent AS DOUBLE) AS published, -- rate printed in the file
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.fct_published_absence
-- Files that do not have the figure say nothing of it.
WHERE sess_overall IS NOT NULL OR sess_overall_reason <> 'unavailable'

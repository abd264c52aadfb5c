/*
title = "Schools of the census are of the authority that the config names"
severity = "query"
message = "Heads of school censuses name another authority than `authority` of the config does: KPIs on registers stand under the config's"
hint = "correct `authority` in config/local.toml; if a file of another authority got into the inbox, take it out and send the term again"
*/
SELECT school.academic_year, school.term, school.la_code, council.la_code AS authority, count(*) AS schools
FROM mart.fct_census_school AS school
INNER JOIN mart.dim_council AS council ON council.said_by = 'config'
WHERE school.la_code <> council.la_code
GROUP BY school.academic_year, school.term, school.la_code, council.la_code

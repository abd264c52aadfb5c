/*
title = "Pupils on roll in January are within a fifth of those of the year before (X-021)"
severity = "query"
message = "A school's headcount changed by more than a fifth within a year"
hint = "mart.query_school lists them: a return may be incomplete; a school that opens or closes year by year does this too"
*/
SELECT rule_id, urn, series_urn, school_name, period, day, found
FROM mart.query_school
WHERE rule_id = 'X-021-2'

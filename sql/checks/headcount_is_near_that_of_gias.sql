/*
title = "Pupils on roll in January are within a tenth of those in GIAS (X-021)"
severity = "query"
message = "A school's headcount differs from GIAS by more than a tenth"
hint = "mart.query_school lists them: a return may be incomplete, or be of another school"
*/
SELECT rule_id, urn, series_urn, school_name, period, day, found
FROM mart.query_school
WHERE rule_id = 'X-021'

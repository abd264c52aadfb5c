/*
title = "A plan that ceased for maximum age was of a person of 25 (X-016)"
severity = "query"
message = "Plans ceased for maximum age of people younger than 25 on 31 August"
hint = "mart.query_plan lists them with the file and row: correct the reason, or the date of birth"
*/
SELECT rule_id, collection_year, record, upn, urn, found, _delivery, _row
FROM mart.query_plan
WHERE rule_id = 'X-016'

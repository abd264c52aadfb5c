/*
title = "Plans of people without a UPN are held against the census too (X-010-3)"
severity = "query"
message = "Plans in force name a school of the January census for people without a UPN, and nothing else leads to one of its pupils: they are compared with no roll"
hint = "mart.query_plan lists them with school, file and row: give the UPN or ULN in the next return"
*/
SELECT rule_id, collection_year, record, urn, found, _delivery, _row
FROM mart.query_plan
WHERE rule_id = 'X-010-3'

/*
title = "Who has a plan in SEN2 has SEN provision E in the school census (X-010)"
severity = "query"
message = "Children have a plan in SEN2 and no plan in the January census of their school"
hint = "mart.query_plan lists them with the school: ask it to set SEN provision to E, or ask the casework team whether the plan ended"
*/
SELECT rule_id, collection_year, record, upn, urn, found, _delivery, _row
FROM mart.query_plan
WHERE rule_id = 'X-010'

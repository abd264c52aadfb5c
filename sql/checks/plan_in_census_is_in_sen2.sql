/*
title = "Who has SEN provision E in the school census has a plan in SEN2 (X-010-2)"
severity = "query"
message = "Children have SEN provision E in the January census and no plan in force in SEN2"
hint = "mart.query_plan lists them with the school: another authority may maintain the plan; if not, the plan ended or is missing from SEN2"
*/
SELECT rule_id, collection_year, record, upn, urn, found, _delivery, _row
FROM mart.query_plan
WHERE rule_id = 'X-010-2'

/*
title = "A request that was agreed to has an assessment, and no other has (X-013)"
severity = "query"
message = "Requests were agreed to and have no assessment in the return, or were not and have one"
hint = "mart.query_plan lists them with the file and row: correct the outcome of the request, or add or take away the assessment"
*/
SELECT rule_id, collection_year, record, upn, urn, found, _delivery, _row
FROM mart.query_plan
WHERE rule_id = 'X-013'

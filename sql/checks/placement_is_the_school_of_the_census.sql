/*
title = "A child with a plan is on the roll of the school at which SEN2 places it (X-011)"
severity = "query"
message = "SEN2 places children at another school than the January census has them at"
hint = "mart.query_plan lists both schools: the child may have moved, or the placement was not closed"
*/
SELECT rule_id, collection_year, record, upn, urn, found, _delivery, _row
FROM mart.query_plan
WHERE rule_id = 'X-011'

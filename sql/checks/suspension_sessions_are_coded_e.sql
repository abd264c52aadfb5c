/*
title = "Sessions of suspension have attendance code E (X-005, cf. DfE 2485)"
severity = "query"
message = "Pupils have fewer sessions with attendance code E in a term than their suspensions of that term have"
hint = "mart.query_suspension lists them by school: ask the school to correct the register (code E) or the sessions of the suspension"
*/
SELECT rule_id, series_urn, school_name, pupil, day, found, _delivery, _row
FROM mart.query_suspension
WHERE rule_id = 'X-005'

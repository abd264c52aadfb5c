/*
title = "Plans of a SEN2 return lead to a request"
severity = "query"
message = "A plan of SEN2 leads to no request with a day of receipt: it is in the caseload and not in the 20-week rates"
hint = "Look at the faults of the return's requests and assessments of that year: the parent's row was refused, or was not sent"
*/
SELECT calendar_year, request_id, 'plan issued' AS record
FROM mart.fct_ehcp_plan
WHERE received IS NULL
UNION ALL
SELECT calendar_year, request_id, 'plan in force' AS record
FROM mart.fct_ehcp_plan_in_force
WHERE received IS NULL

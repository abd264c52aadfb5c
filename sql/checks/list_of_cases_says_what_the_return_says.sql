/*
title = "The list of all cases and the SEN2 return say the same of a year that both tell"
severity = "query"
message = "The SEN2 return and the case system's list of all cases do not say the same of a year: figures of the year go by the return"
hint = "mart.ehcp_return_difference lists the cases and what each of the two says: ask the casework team, and correct the system or the next return"
*/
SELECT calendar_year, what, request_id, list_request_id, in_return, in_list, _delivery, _row
FROM mart.ehcp_return_difference

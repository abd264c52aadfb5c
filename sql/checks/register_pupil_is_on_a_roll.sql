/*
title = "Pupils of registers are in the school census (X-030)"
severity = "query"
message = "Rows of registers name pupils whom no school census has, or nobody"
hint = "mart.query_register lists them with the file and row: correct or give the UPN; a child from another authority or from an independent school is no fault"
*/
SELECT register, record, urn, school_name, day, _delivery, _row
FROM mart.query_register

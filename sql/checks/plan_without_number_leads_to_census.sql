/*
title = "Plans of people without a UPN are held against the census too (X-010-3)"
severity = "query"
message = "Plans in force are of people without a UPN, and nothing else leads to a pupil of the January census: they are compared with no roll"
hint = "mart.query_plan lists them with file and row: give the UPN or ULN in the next return; those in no school of the census need none"
*/
SELECT rule_id, collection_year, record, found, _delivery, _row
FROM mart.query_plan
WHERE rule_id = 'X-010-3'

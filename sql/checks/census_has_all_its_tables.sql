/*
title = "A school census comes with all its tables"
severity = "query"
message = "A school census came without tables that figures are reckoned from: what they tell is not zero, and every figure that it concerns is marked"
hint = "mart.census_table lists them: put the file named in `file_part` into the inbox, with the header alone where there is nothing to tell"
*/
SELECT academic_year, term, table_name, file_part
FROM mart.census_table
WHERE NOT has_come

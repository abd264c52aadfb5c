/*
title = "A SEN2 return comes with all its tables"
severity = "query"
message = "A SEN2 return came without tables that figures are reckoned from: what they tell is not zero, and every figure that it concerns is marked"
hint = "mart.dim_sen2_return says in `absence` what is not here of each year: put those files into the inbox"
*/
SELECT calendar_year, collection_year, absence
FROM mart.dim_sen2_return
WHERE has_come
    AND absence IS NOT NULL

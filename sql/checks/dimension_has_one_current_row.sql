/*
title = "One current row of each school and authority"
severity = "error"
message = "A school or an authority has none or several current rows, so that a join on its code would lose or double rows"
hint = "Look at mart.dim_school or mart.dim_authority for that code; the fault is in the mart's SELECT"
*/
SELECT 'dim_school' AS mart_name, urn AS code, count(*) AS rows_of_it
FROM mart.dim_school
GROUP BY urn
HAVING sum(CASE WHEN is_current THEN 1 ELSE 0 END) <> 1

UNION ALL

SELECT 'dim_authority' AS mart_name, la_code AS code, count(*) AS rows_of_it
FROM mart.dim_authority
GROUP BY la_code
HAVING sum(CASE WHEN is_current THEN 1 ELSE 0 END) <> 1

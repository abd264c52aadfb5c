/*
title = "Ten neighbours, ranked 1 to 10, none of them twice and none itself"
severity = "query"
message = "An authority has another number of statistical neighbours than ten, one twice, or itself"
hint = "State the number of neighbours wherever their mean is shown, and ask for the list again"
*/
SELECT la_code, count(*) AS neighbours
FROM mart.fct_statistical_neighbour
GROUP BY la_code
HAVING count(*) <> 10
    OR count(DISTINCT neighbour_la_code) <> 10
    OR min(neighbour_rank) <> 1
    OR max(neighbour_rank) <> 10
    OR sum(CASE WHEN neighbour_la_code = la_code THEN 1 ELSE 0 END) > 0

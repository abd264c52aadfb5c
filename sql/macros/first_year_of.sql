/*
title = "The calendar year in which the academic year of a day began, on 1 September"
gives = "BIGINT"

[takes]
day = "DATE"

[twins]
spark = "CAST(year(day) AS BIGINT) - CASE WHEN month(day) >= 9 THEN 0 ELSE 1 END"
*/
SELECT year(day) - CASE WHEN month(day) >= 9 THEN 0 ELSE 1 END

/*
title = "The name of the academic year that begins in a calendar year: 2024/25 of 2024"
gives = "VARCHAR"

[takes]
first_year = "BIGINT"

[twins]
spark = "CAST(first_year AS STRING) || '/' || right(CAST(first_year + 1 AS STRING), 2)"
*/
SELECT CAST(first_year AS VARCHAR) || '/' || right(CAST(first_year + 1 AS VARCHAR), 2)

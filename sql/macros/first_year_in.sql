/*
title = "The calendar year in which an academic year begins, by its name: 2024 of 2024/25"
gives = "BIGINT"

[takes]
academic_year = "VARCHAR"

[twins]
spark = "CAST(left(academic_year, 4) AS BIGINT)"
*/
SELECT left(academic_year, 4)

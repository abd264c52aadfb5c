/*
title = "The day of a year, a month and a day of the month"
gives = "DATE"

[takes]
year_number = "BIGINT"
month_number = "BIGINT"
day_number = "BIGINT"

[twins]
spark = "make_date(CAST(year_number AS INT), CAST(month_number AS INT), CAST(day_number AS INT))"
*/
SELECT make_date(year_number, month_number, day_number)

/*
title = "The last day, 31 August, of the academic year that begins in a calendar year"
gives = "DATE"

[takes]
first_year = "BIGINT"

[twins]
spark = "make_date(CAST(first_year + 1 AS INT), 8, 31)"
*/
SELECT make_date(first_year + 1, 8, 31)

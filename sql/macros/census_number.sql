/*
title = "A number for each census, one more than that of the census before"
gives = "BIGINT"

[takes]
academic_year = "VARCHAR"
term = "VARCHAR"

[twins]
spark = "CAST(left(academic_year, 4) AS BIGINT) * 3 + CASE term WHEN 'autumn' THEN 0 WHEN 'spring' THEN 1 ELSE 2 END"
*/
SELECT CAST(left(academic_year, 4) AS BIGINT) * 3 + CASE term WHEN 'autumn' THEN 0 WHEN 'spring' THEN 1 ELSE 2 END

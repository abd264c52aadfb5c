/*
title = "The band of weeks in which a number of days lies: up to six weeks, twenty, fifty-two, or more"
gives = "VARCHAR"
[takes]
days = "BIGINT"
[twins]
spark = "CASE WHEN days <= 42 THEN '0-6 weeks' WHEN days <= 140 THEN '6-20 weeks' WHEN days <= 364 THEN '20-52 weeks' WHEN days > 364 THEN 'over 52 weeks' END"
*/
SELECT CASE WHEN days <= 42 THEN '0-6 weeks' WHEN days <= 140 THEN '6-20 weeks' WHEN days <= 364 THEN '20-52 weeks' WHEN days > 364 THEN 'over 52 weeks' END

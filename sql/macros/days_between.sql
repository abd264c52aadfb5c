/*
title = "Days from one day to another; 0 where they are the same, below 0 where the second comes first"
gives = "BIGINT"

[takes]
from_day = "DATE"
to_day = "DATE"

[twins]
# `to_day - from_day` is a number in DuckDB and an interval on Spark, without an error.
spark = "CAST(datediff(to_day, from_day) AS BIGINT)"
*/
SELECT date_diff('day', from_day, to_day)

/*
title = "Which censuses are in, and whether they can tell suspensions"
grain = "one school census that could be, as far as there is anything to say of it"
key = ["census"]
reads = ["census_table"]

[columns]
census = "Position of the census: academic year × 3 + 0 autumn, 1 spring, 2 summer."
is_in = "Whether anything of it came."
tells_on_roll = "Whether it can tell suspensions of pupils on its roll: both tables came, with rows. A table with the header alone withdraws nothing."
tells_off_roll = "Whether it can tell those of pupils who are gone."
*/
SELECT
    census,
    bool_or(has_come) AS is_in,
    count(*) FILTER (WHERE rows > 0 AND table_name IN ('pupil_on_roll', 'suspension_on_roll')) = 2 AS tells_on_roll,
    count(*) FILTER (WHERE rows > 0 AND table_name IN ('pupil_no_longer_on_roll', 'suspension_off_roll')) = 2 AS tells_off_roll
FROM mart.census_table
GROUP BY census
ORDER BY census NULLS LAST

/*
title = "The last day of each calendar year for which its requests and plans are told, and not after the as-of date"
grain = "one calendar year that a return or a list of cases tells, and that had begun by the as-of date"
key = ["calendar_year"]
reads = ["dim_ehcp_year"]

[columns]
calendar_year = "Calendar year."
stands_on = "The day on which what is open and what is in force stands in figures of the year: 31 December, or the day of the list of cases or the as-of date, if that is sooner."
*/
SELECT
    year.calendar_year,
    CASE WHEN generation.as_of < year.told_until THEN generation.as_of ELSE year.told_until END AS stands_on
FROM mart.dim_ehcp_year AS year
CROSS JOIN meta.generation AS generation
WHERE year.told_until IS NOT NULL
    AND year.year_start <= generation.as_of
ORDER BY year.calendar_year NULLS LAST

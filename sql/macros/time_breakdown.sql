/*
title = "The time of a published row as a part of its breakdown: blank where its period says it (see period_of), else as printed"
gives = "VARCHAR"

[takes]
time_identifier = "VARCHAR"

[twins]
spark = "CASE WHEN lower(time_identifier) IN ('academic year', 'autumn term', 'spring term', 'summer term', 'autumn and spring term') OR lower(time_identifier) LIKE 'week _' OR lower(time_identifier) LIKE 'week __' THEN '' ELSE ', time=' || replace(lower(time_identifier), ',', '') END"
*/
SELECT CASE
    WHEN lower(time_identifier) IN ('academic year', 'autumn term', 'spring term', 'summer term', 'autumn and spring term')
        OR lower(time_identifier) LIKE 'week _'
        OR lower(time_identifier) LIKE 'week __' THEN ''
    ELSE ', time=' || replace(lower(time_identifier), ',', '')
END

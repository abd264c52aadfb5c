/*
title = "The period of a published row by the name that mart.dim_period has: of a term or a week its own (2024/25 autumn, 2025 week 37), else the year"
gives = "VARCHAR"

[takes]
period = "VARCHAR"
time_identifier = "VARCHAR"

[twins]
spark = "CASE WHEN lower(time_identifier) IN ('autumn term', 'spring term', 'summer term', 'autumn and spring term') THEN period || ' ' || replace(lower(time_identifier), ' term', '') WHEN lower(time_identifier) LIKE 'week _' THEN period || ' week 0' || substring(time_identifier, 6) WHEN lower(time_identifier) LIKE 'week __' THEN period || ' ' || lower(time_identifier) ELSE period END"
*/
SELECT CASE
    WHEN lower(time_identifier) IN ('autumn term', 'spring term', 'summer term', 'autumn and spring term')
        THEN period || ' ' || replace(lower(time_identifier), ' term', '')
    WHEN lower(time_identifier) LIKE 'week _' THEN period || ' week 0' || substring(time_identifier FROM 6)
    WHEN lower(time_identifier) LIKE 'week __' THEN period || ' ' || lower(time_identifier)
    ELSE period
END

/*
title = "No authority's figures stand under another authority's code"
severity = "error"
message = "A KPI row has the code of one authority and the name of another"
hint = "The publication prints a code beside the wrong name (the tribunal table does so for five authorities): find out which is right and correct it in the KPI's SELECT"
*/
WITH authority_name AS (
    SELECT DISTINCT la_code, lower(name) AS name
    FROM mart.dim_authority
)

SELECT
    value.kpi_id,
    value.period,
    value.geography_code,
    value.geography_name,
    value.delivery_id,
    value.row_number
FROM kpi.value AS value
INNER JOIN authority_name AS other
    ON other.name = lower(value.geography_name)
    AND other.la_code <> value.geography_code
WHERE value.geography_level = 'authority'
    AND EXISTS (SELECT 1 FROM authority_name AS own WHERE own.la_code = value.geography_code)
    AND NOT EXISTS (
        SELECT 1
        FROM authority_name AS own
        WHERE own.la_code = value.geography_code
            AND own.name = lower(value.geography_name)
    )

/*
title = "Calendar years of the register of advice to assessments, with what is missing of each"
grain = "one calendar year from the first to the last in which the register has advice asked for"
key = ["calendar_year"]
reads = ["fct_assessment_advice", "fct_ehcp_request"]

[columns]
calendar_year = "Calendar year in which advice was asked for."
requests = "Requests of the year's advice in the register (requests)."
assessments = "Requests that SEN2 says were agreed to in the year (requests); 0 where its return is not here."
assessments_in_register = "Of these, requests that the register has (requests)."
absence = "What of the year is not in the register, in words; NULL where nothing is known to be missing."
*/
WITH asked AS (
    SELECT
        CAST(calendar_year AS INTEGER) AS year_number,
        count(DISTINCT request_id) AS requests
    FROM mart.fct_assessment_advice
    GROUP BY CAST(calendar_year AS INTEGER)
),

register AS (
    SELECT request_id, max(register_end) AS register_end
    FROM mart.fct_assessment_advice
    GROUP BY request_id
),

agreed AS (
    SELECT
        CAST(request.calendar_year AS INTEGER) AS year_number,
        count(*) AS assessments,
        count(register.request_id) AS assessments_in_register
    FROM mart.fct_ehcp_request AS request
    LEFT JOIN register ON register.request_id = request.request_id
    WHERE request.outcome = 'Y'
        AND request.outcome_date BETWEEN request.year_start AND request.year_end
    GROUP BY CAST(request.calendar_year AS INTEGER)
),

ended AS (
    SELECT min(requested) AS register_start, max(register_end) AS register_end
    FROM mart.fct_assessment_advice
),

-- Thirds of a year between the first and the last day of the register in which no advice came in, though some was due, or nothing
-- says whether any was. Of what is asked for in a year, some comes in the next spring.
third AS (
    SELECT year_number, part.number, part.name, day_of(year_number, part.first_month, 1) AS first_day, day_of(year_number, part.last_month, part.last_day) AS last_day
    FROM (
        SELECT year_number FROM asked
        UNION
        SELECT year_number + 1 FROM asked
    ) AS years
    CROSS JOIN (VALUES (1, 'January to March', 1, 3, 31), (2, 'April to August', 4, 8, 31), (3, 'September to December', 9, 12, 31)) AS part (number, name, first_month, last_month, last_day)
),

silent AS (
    SELECT third.year_number, third.number, third.name
    FROM third
    CROSS JOIN ended
    WHERE third.first_day > ended.register_start
        AND third.last_day < ended.register_end
        AND NOT EXISTS (SELECT 1 FROM mart.fct_assessment_advice AS came WHERE came.received BETWEEN third.first_day AND third.last_day)
        AND (
            EXISTS (SELECT 1 FROM mart.fct_assessment_advice AS waited WHERE waited.due BETWEEN third.first_day AND third.last_day)
            OR NOT EXISTS (SELECT 1 FROM agreed WHERE agreed.year_number = third.year_number)
        )
),

gap AS (
    SELECT
        asked.year_number,
        COALESCE(max(CASE WHEN silent.year_number = asked.year_number AND silent.number = 1 THEN ', ' || silent.name END), '')
        || COALESCE(max(CASE WHEN silent.year_number = asked.year_number AND silent.number = 2 THEN ', ' || silent.name END), '')
        || COALESCE(max(CASE WHEN silent.year_number = asked.year_number AND silent.number = 3 THEN ', ' || silent.name END), '')
        || COALESCE(max(CASE WHEN silent.year_number > asked.year_number THEN ', ' || silent.name || ' ' || CAST(silent.year_number AS VARCHAR) END), '') AS months
    FROM asked
    LEFT JOIN silent
        ON silent.year_number = asked.year_number
        OR (silent.year_number = asked.year_number + 1 AND silent.number = 1)
    GROUP BY asked.year_number
)

SELECT
    CAST(asked.year_number AS VARCHAR) AS calendar_year,
    CAST(asked.requests AS BIGINT) AS requests,
    CAST(COALESCE(agreed.assessments, 0) AS BIGINT) AS assessments,
    CAST(COALESCE(agreed.assessments_in_register, 0) AS BIGINT) AS assessments_in_register,
    NULLIF(substring(
        CASE
            WHEN agreed.assessments > agreed.assessments_in_register
                THEN '; ' || CAST(agreed.assessments - agreed.assessments_in_register AS VARCHAR) || ' of '
                    || CAST(agreed.assessments AS VARCHAR) || ' assessments agreed to in the year are not in the register'
            ELSE ''
        END
        || CASE
            WHEN gap.months <> '' THEN '; by the register no advice came in in these months: ' || substring(gap.months FROM 3)
            ELSE ''
        END
        || CASE
            WHEN extract(year FROM ended.register_end) = asked.year_number AND extract(month FROM ended.register_end) < 12
                THEN '; the register ends on ' || CAST(ended.register_end AS VARCHAR)
            ELSE ''
        END
    FROM 3), '') AS absence
FROM asked
CROSS JOIN ended
INNER JOIN gap ON gap.year_number = asked.year_number
LEFT JOIN agreed ON agreed.year_number = asked.year_number
ORDER BY calendar_year NULLS LAST

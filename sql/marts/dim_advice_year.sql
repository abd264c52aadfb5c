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
    SELECT max(register_end) AS register_end
    FROM register
)

SELECT
    CAST(asked.year_number AS VARCHAR) AS calendar_year,
    CAST(asked.requests AS BIGINT) AS requests,
    CAST(COALESCE(agreed.assessments, 0) AS BIGINT) AS assessments,
    CAST(COALESCE(agreed.assessments_in_register, 0) AS BIGINT) AS assessments_in_register,
    CASE
        WHEN agreed.assessments > agreed.assessments_in_register THEN
            CAST(agreed.assessments - agreed.assessments_in_register AS VARCHAR) || ' of '
            || CAST(agreed.assessments AS VARCHAR) || ' assessments agreed to in the year are not in the register'
        WHEN extract(year FROM ended.register_end) = asked.year_number AND extract(month FROM ended.register_end) < 12 THEN
            'the register ends on ' || CAST(ended.register_end AS VARCHAR)
    END AS absence
FROM asked
CROSS JOIN ended
LEFT JOIN agreed ON agreed.year_number = asked.year_number
ORDER BY calendar_year NULLS LAST

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
        count(DISTINCT request_id) AS requests,
        count(*) FILTER (WHERE extract(month FROM requested) <= 3) AS spring,
        count(*) FILTER (WHERE extract(month FROM requested) BETWEEN 4 AND 8) AS summer,
        count(*) FILTER (WHERE extract(month FROM requested) >= 9) AS autumn
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

-- Thirds of a year between the first and the last day of the register in which nothing was asked for. Where SEN2 tells of the
-- year it says whether anything was.
gap AS (
    SELECT
        asked.year_number,
        CASE
            WHEN spring = 0 AND ended.register_start < make_date(asked.year_number, 1, 1) AND ended.register_end > make_date(asked.year_number, 3, 31)
                THEN ' January to March'
            ELSE ''
        END
        || CASE
            WHEN summer = 0 AND ended.register_start < make_date(asked.year_number, 4, 1) AND ended.register_end > make_date(asked.year_number, 8, 31)
                THEN ' April to August'
            ELSE ''
        END
        || CASE
            WHEN autumn = 0 AND ended.register_start < make_date(asked.year_number, 9, 1) AND ended.register_end > make_date(asked.year_number, 12, 31)
                THEN ' September to December'
            ELSE ''
        END AS months
    FROM asked
    CROSS JOIN ended
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
        WHEN agreed.assessments IS NULL AND gap.months <> '' THEN 'the register has nothing of these months of the year:' || gap.months
        WHEN extract(year FROM ended.register_end) = asked.year_number AND extract(month FROM ended.register_end) < 12 THEN
            'the register ends on ' || CAST(ended.register_end AS VARCHAR)
    END AS absence
FROM asked
CROSS JOIN ended
INNER JOIN gap ON gap.year_number = asked.year_number
LEFT JOIN agreed ON agreed.year_number = asked.year_number
ORDER BY calendar_year NULLS LAST

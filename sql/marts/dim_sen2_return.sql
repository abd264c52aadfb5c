/*
title = "Years of the SEN2 return, with what has come of each"
grain = "one calendar year, from the first whose return is here to the last whose return should be"
key = ["calendar_year"]

[columns]
calendar_year = "Calendar year that the return speaks for, 2024 for the return made in January 2025."
collection_year = "Year in which the return is made."
census_academic_year = "Academic year in which its census day lies, 2024/25 for January 2025."
year_start = "1 January of the calendar year."
year_end = "31 December of the calendar year."
has_come = "Whether any table of the return is here."
persons = "Persons in it (records); 0 where that table did not come or is empty."
requests = "Requests in it (records); 0 where that table did not come or is empty."
assessments = "Assessments in it (records); 0 where that table did not come or is empty."
named_plans = "Named plans in it (records); 0 where that table did not come or is empty."
active_plans = "Plans in force in it (records); 0 where that table did not come or is empty."
has_meetings = "Whether it gives meetings of annual reviews at all (version 1.2 and later do)."
has_previous_meetings = "Whether the return of the year before is here and gives meetings."
absence = "What of it is not here, in words; NULL where all tables that count cases have records."
previous_absence = "The same of the return of the year before, where that came."
*/
WITH told AS (
    SELECT collection_year, 'request' AS module, count(*) AS records, 0 AS meetings
    FROM conformed.sen2_request
    WHERE NOT _superseded
    GROUP BY collection_year
    UNION ALL
    SELECT collection_year, 'person' AS module, count(*) AS records, 0 AS meetings
    FROM conformed.sen2_person
    WHERE NOT _superseded
    GROUP BY collection_year
    UNION ALL
    SELECT collection_year, 'assessment' AS module, count(*) AS records, 0 AS meetings
    FROM conformed.sen2_assessment
    WHERE NOT _superseded
    GROUP BY collection_year
    UNION ALL
    SELECT collection_year, 'named_plan' AS module, count(*) AS records, 0 AS meetings
    FROM conformed.sen2_named_plan
    WHERE NOT _superseded
    GROUP BY collection_year
    UNION ALL
    SELECT collection_year, 'active_plan' AS module, count(*) AS records, count(review_meeting) AS meetings
    FROM conformed.sen2_active_plan
    WHERE NOT _superseded
    GROUP BY collection_year
),

counted AS (
    SELECT
        CAST(collection_year AS INTEGER) AS made,
        sum(CASE WHEN module = 'person' THEN records ELSE 0 END) AS persons,
        sum(CASE WHEN module = 'request' THEN records ELSE 0 END) AS requests,
        sum(CASE WHEN module = 'assessment' THEN records ELSE 0 END) AS assessments,
        sum(CASE WHEN module = 'named_plan' THEN records ELSE 0 END) AS named_plans,
        sum(CASE WHEN module = 'active_plan' THEN records ELSE 0 END) AS active_plans,
        sum(meetings) > 0 AS has_meetings
    FROM told
    GROUP BY CAST(collection_year AS INTEGER)
),

come AS (
    SELECT
        made,
        persons,
        requests,
        assessments,
        named_plans,
        active_plans,
        has_meetings,
        CASE WHEN requests > 0 THEN '' ELSE ' sen2.request' END
            || CASE WHEN assessments > 0 THEN '' ELSE ' sen2.assessment' END
            || CASE WHEN named_plans > 0 THEN '' ELSE ' sen2.named_plan' END
            || CASE WHEN active_plans > 0 THEN '' ELSE ' sen2.active_plan' END AS lacks
    FROM counted
),

-- A return is due by the end of February: from 1 March on it should be here.
due AS (
    SELECT
        CAST(extract(year FROM as_of) AS INTEGER)
        - CASE WHEN extract(month FROM as_of) >= 3 THEN 0 ELSE 1 END AS made
    FROM meta.generation
),

bound AS (
    SELECT
        min(come.made) AS first_made,
        CASE WHEN max(come.made) > max(due.made) THEN max(come.made) ELSE max(due.made) END AS last_made
    FROM come
    CROSS JOIN due
),

digit AS (
    SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
    UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9
),

wanted AS (
    SELECT bound.first_made + tens.n * 10 + ones.n AS made
    FROM bound
    CROSS JOIN digit AS tens
    CROSS JOIN digit AS ones
    WHERE bound.first_made + tens.n * 10 + ones.n <= bound.last_made
)

SELECT
    CAST(wanted.made - 1 AS VARCHAR) AS calendar_year,
    CAST(wanted.made AS VARCHAR) AS collection_year,
    year_label(wanted.made - 1) AS census_academic_year,
    day_of(wanted.made - 1, 1, 1) AS year_start,
    day_of(wanted.made - 1, 12, 31) AS year_end,
    come.made IS NOT NULL AS has_come,
    CAST(COALESCE(come.persons, 0) AS BIGINT) AS persons,
    CAST(COALESCE(come.requests, 0) AS BIGINT) AS requests,
    CAST(COALESCE(come.assessments, 0) AS BIGINT) AS assessments,
    CAST(COALESCE(come.named_plans, 0) AS BIGINT) AS named_plans,
    CAST(COALESCE(come.active_plans, 0) AS BIGINT) AS active_plans,
    COALESCE(come.has_meetings, FALSE) AS has_meetings,
    COALESCE(previous.has_meetings, FALSE) AS has_previous_meetings,
    CASE
        WHEN come.made IS NULL THEN 'the SEN2 return of ' || CAST(wanted.made AS VARCHAR) || ' did not come'
        WHEN come.lacks <> '' THEN 'of the SEN2 return of ' || CAST(wanted.made AS VARCHAR) || ' did not come, or has no record:' || come.lacks
    END AS absence,
    CASE
        WHEN previous.lacks <> ''
            THEN 'of the SEN2 return of ' || CAST(previous.made AS VARCHAR) || ' did not come, or has no record:' || previous.lacks
    END AS previous_absence
FROM wanted
LEFT JOIN come ON come.made = wanted.made
LEFT JOIN come AS previous ON previous.made = wanted.made - 1
ORDER BY calendar_year NULLS LAST

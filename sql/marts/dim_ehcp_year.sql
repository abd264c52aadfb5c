/*
title = "Calendar years of requests and plans, with who tells each: its SEN2 return, or the case system's list of all cases"
grain = "one calendar year that a return or a list of cases speaks for, or of which the return should be here"
key = ["calendar_year"]
reads = ["dim_sen2_return"]

[columns]
calendar_year = "Calendar year."
collection_year = "Year in which its SEN2 return is made."
census_academic_year = "Academic year in which the January after it lies, 2024/25 for the calendar year 2024."
year_start = "1 January of the calendar year."
year_end = "31 December of the calendar year."
told_by = "Who tells it: return, where any table of its SEN2 return is here; else extract, the latest list of all cases (ehcp_cases); NULL where neither does."
extract_date = "Day of the latest list of cases, where it could tell the year, also beside a return: the year before that of the first list, or the first without a return after them, up to the year of the latest; NULL where it could not."
extract_is_flat = "Whether that list has a row a case (ehcp_cases.case_list) and not a table a module; NULL where there is none."
told_until = "Last day of the year that is told: its 31 December, or the day of the list, if that is sooner; NULL where nobody tells it."
requests = "Requests in what tells it (records); of a list those of all years. 0 where that table did not come or is empty."
assessments = "Assessments in what tells it (records), likewise."
named_plans = "Plans, in force or ended, in what tells it (records), likewise."
active_plans = "Plans in force in what tells it (records): on census day, or on the day of the list."
list_absence = "What is not here of that list, persons too, in words, also beside a return; NULL where all of it has records, or there is no list."
absence = "What is not here of what tells it, in words; NULL where all tables that count cases have records."
mark = "What a reader must know beside its figures: `provisional: …` where a list of cases tells it; NULL where a return does."
*/
WITH listed AS (
    SELECT extract_date, FALSE AS is_flat, 'request' AS module, count(*) AS records
    FROM conformed.ehcp_cases_request
    WHERE NOT _superseded
    GROUP BY extract_date
    UNION ALL
    SELECT extract_date, FALSE, 'person', count(*)
    FROM conformed.ehcp_cases_person
    WHERE NOT _superseded
    GROUP BY extract_date
    UNION ALL
    SELECT extract_date, FALSE, 'assessment', count(*)
    FROM conformed.ehcp_cases_assessment
    WHERE NOT _superseded
    GROUP BY extract_date
    UNION ALL
    SELECT extract_date, FALSE, 'named_plan', count(*)
    FROM conformed.ehcp_cases_named_plan
    WHERE NOT _superseded
    GROUP BY extract_date
    UNION ALL
    SELECT extract_date, FALSE, 'active_plan', count(*)
    FROM conformed.ehcp_cases_active_plan
    WHERE NOT _superseded
    GROUP BY extract_date
    UNION ALL
    SELECT extract_date, TRUE, 'request', count(*)
    FROM conformed.ehcp_cases_case_list
    WHERE NOT _superseded
    GROUP BY extract_date
    UNION ALL
    SELECT extract_date, TRUE, 'assessment', count(*)
    FROM conformed.ehcp_cases_case_list
    WHERE NOT _superseded
        AND (assessment_outcome IS NOT NULL OR start_date IS NOT NULL)
    GROUP BY extract_date
    UNION ALL
    SELECT extract_date, TRUE, 'named_plan', count(start_date)
    FROM conformed.ehcp_cases_case_list
    WHERE NOT _superseded
    GROUP BY extract_date
    UNION ALL
    SELECT extract_date, TRUE, 'active_plan', count(start_date)
    FROM conformed.ehcp_cases_case_list
    WHERE NOT _superseded
        AND cease_date IS NULL
    GROUP BY extract_date
),

extract_day AS (
    SELECT
        extract_date,
        is_flat,
        CAST(sum(CASE WHEN module = 'person' THEN records ELSE 0 END) AS BIGINT) AS persons,
        CAST(sum(CASE WHEN module = 'request' THEN records ELSE 0 END) AS BIGINT) AS requests,
        CAST(sum(CASE WHEN module = 'assessment' THEN records ELSE 0 END) AS BIGINT) AS assessments,
        CAST(sum(CASE WHEN module = 'named_plan' THEN records ELSE 0 END) AS BIGINT) AS named_plans,
        CAST(sum(CASE WHEN module = 'active_plan' THEN records ELSE 0 END) AS BIGINT) AS active_plans,
        min(extract_date) OVER () AS first_day,
        row_number() OVER (ORDER BY extract_date DESC NULLS LAST, is_flat NULLS LAST) AS choice
    FROM listed
    GROUP BY extract_date, is_flat
),

-- The latest speaks for everything; of one day, the modules before a list of a row each. All cases are in it, so it can tell every year from the one before the first list on, and
-- those that no return tells yet.
latest AS (
    SELECT
        one.extract_date,
        one.is_flat,
        CAST(extract(year FROM one.extract_date) AS BIGINT) AS last_year,
        CASE
            WHEN returned.last_year + 1 < extract(year FROM one.first_day) - 1 THEN returned.last_year + 1
            ELSE CAST(extract(year FROM one.first_day) AS BIGINT) - 1
        END AS first_year,
        one.requests,
        one.assessments,
        one.named_plans,
        one.active_plans,
        CASE WHEN one.requests > 0 THEN '' ELSE ' ehcp_cases.request' END
            || CASE WHEN one.assessments > 0 THEN '' ELSE ' ehcp_cases.assessment' END
            || CASE WHEN one.named_plans > 0 THEN '' ELSE ' ehcp_cases.named_plan' END
            || CASE WHEN one.active_plans > 0 THEN '' ELSE ' ehcp_cases.active_plan' END AS lacks,
        CASE WHEN one.persons > 0 OR one.is_flat THEN '' ELSE ' ehcp_cases.person' END AS lacks_persons
    FROM extract_day AS one
    CROSS JOIN (
        SELECT CAST(max(CASE WHEN has_come THEN calendar_year END) AS BIGINT) AS last_year FROM mart.dim_sen2_return
    ) AS returned
    WHERE one.choice = 1
),

digit AS (
    SELECT n
    FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS digits (n)
),

wanted AS (
    SELECT CAST(calendar_year AS BIGINT) AS year
    FROM mart.dim_sen2_return
    UNION
    SELECT latest.first_year + tens.n * 10 + ones.n AS year
    FROM latest
    CROSS JOIN digit AS tens
    CROSS JOIN digit AS ones
    WHERE latest.first_year + tens.n * 10 + ones.n <= latest.last_year
),

told AS (
    SELECT
        wanted.year,
        day_of(wanted.year, 12, 31) AS year_end,
        CASE WHEN sen2.has_come THEN 'return' WHEN latest.extract_date IS NOT NULL THEN 'extract' END AS told_by,
        sen2.requests AS returned_requests,
        sen2.assessments AS returned_assessments,
        sen2.named_plans AS returned_named_plans,
        sen2.active_plans AS returned_active_plans,
        sen2.absence,
        latest.extract_date,
        latest.is_flat,
        latest.requests,
        latest.assessments,
        latest.named_plans,
        latest.active_plans,
        latest.lacks,
        latest.lacks_persons
    FROM wanted
    LEFT JOIN mart.dim_sen2_return AS sen2 ON CAST(sen2.calendar_year AS BIGINT) = wanted.year
    LEFT JOIN latest ON wanted.year BETWEEN latest.first_year AND latest.last_year
)

SELECT
    CAST(year AS VARCHAR) AS calendar_year,
    CAST(year + 1 AS VARCHAR) AS collection_year,
    year_label(year) AS census_academic_year,
    day_of(year, 1, 1) AS year_start,
    year_end,
    told_by,
    extract_date,
    is_flat AS extract_is_flat,
    CASE
        WHEN told_by = 'return' OR extract_date > year_end THEN year_end
        ELSE extract_date
    END AS told_until,
    CASE WHEN told_by = 'extract' THEN requests ELSE returned_requests END AS requests,
    CASE WHEN told_by = 'extract' THEN assessments ELSE returned_assessments END AS assessments,
    CASE WHEN told_by = 'extract' THEN named_plans ELSE returned_named_plans END AS named_plans,
    CASE WHEN told_by = 'extract' THEN active_plans ELSE returned_active_plans END AS active_plans,
    CASE
        WHEN lacks || lacks_persons <> ''
            THEN 'of the list of cases of ' || CAST(extract_date AS VARCHAR) || ' did not come, or has no record:' || lacks || lacks_persons
    END AS list_absence,
    CASE
        WHEN COALESCE(told_by, 'return') = 'return' THEN absence
        WHEN lacks <> '' THEN 'of the list of cases of ' || CAST(extract_date AS VARCHAR) || ' did not come, or has no record:' || lacks
    END AS absence,
    CASE
        WHEN told_by = 'extract' THEN
            'provisional: told by the list of cases of ' || CAST(extract_date AS VARCHAR)
            || ', since the SEN2 return of ' || CAST(year + 1 AS VARCHAR) || ' is not in'
    END AS mark
FROM told
ORDER BY calendar_year NULLS LAST

/*
title = "Cases of a year that both its SEN2 return and the list of all cases tell, side by side"
grain = "one case of one calendar year in which either says that something happened: a request, a decision on it, or the end of an assessment"
key = ["calendar_year", "request_id", "list_request_id"]
reads = ["dim_ehcp_year", "dim_pupil_upn", "fct_ehcp_request_told"]

[columns]
calendar_year = "Calendar year that the return tells, and the list could tell too."
request_id = "Pseudonym of the request's number in the return; NULL where the return has not the case."
list_request_id = "Pseudonym of the request's number in the list of cases; NULL where the list has not the case."
tied_by = "How the two are tied, the surest way: number, upn, upn and a day of receipt within sixty days, or person (month of birth and sex, where one has no UPN); NULL where only one of them has the case."
received = "Day of receipt, as the return has it."
list_received = "The same as the list has it."
decision = "Decision on the request told in the year, by the day to which the list goes, as the return has it: the outcome and its day; NULL for none."
list_decision = "The same as the list has it."
ending = "How the assessment ended in the year, likewise, as the return has it: the outcome and its day; NULL where it did not."
list_ending = "The same as the list has it."
is_excepted = "Whether an exception to the 20 weeks applies, as the return has it, of a plan issued in the year."
list_is_excepted = "The same as the list has it."
differs = "Whether the two do not say the same."
_delivery = "The delivery of the return's record; where it has none, of the list's: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH person AS (
    SELECT 'return' AS told_by, collection_year, person_id, date_of_birth, sex
    FROM conformed.sen2_person
    WHERE NOT _superseded
    UNION ALL
    SELECT 'extract', year.collection_year, listed.person_id, listed.date_of_birth, listed.sex
    FROM conformed.ehcp_cases_person AS listed
    INNER JOIN mart.dim_ehcp_year AS year
        ON year.extract_date = listed.extract_date
        AND NOT year.extract_is_flat
    WHERE NOT listed._superseded
    UNION ALL
    SELECT
        'extract',
        year.collection_year,
        COALESCE(listed.person_id, listed.case_id),
        max(listed.date_of_birth),
        max(listed.sex)
    FROM conformed.ehcp_cases_case_list AS listed
    INNER JOIN mart.dim_ehcp_year AS year
        ON year.extract_date = listed.extract_date
        AND year.extract_is_flat
    WHERE NOT listed._superseded
    GROUP BY year.collection_year, COALESCE(listed.person_id, listed.case_id)
),

told AS (
    SELECT
        request.*,
        COALESCE(number_of.pupil, request.upn) AS pupil,
        person.date_of_birth,
        person.sex,
        CASE WHEN year.extract_date < year.year_end THEN year.extract_date ELSE year.year_end END AS until,
        count(*) OVER (
            PARTITION BY request.told_by, request.calendar_year, request.received, person.date_of_birth, person.sex
        ) AS alike,
        bool_or(request.has_assessment) OVER (PARTITION BY request.told_by, request.calendar_year) AS tells_assessments
    FROM mart.fct_ehcp_request_told AS request
    INNER JOIN mart.dim_ehcp_year AS year
        ON year.calendar_year = request.calendar_year
        AND year.told_by = 'return'
        AND year.requests > 0
        AND year.extract_date >= year.year_start
    LEFT JOIN person
        ON person.told_by = request.told_by
        AND person.collection_year = request.collection_year
        AND person.person_id = request.person_id
    LEFT JOIN mart.dim_pupil_upn AS number_of ON number_of.upn = request.upn
    WHERE request.received <= CASE WHEN year.extract_date < year.year_end THEN year.extract_date ELSE year.year_end END
),

-- What happened in the year by the day to which the list goes.
happened AS (
    SELECT
        told.*,
        received >= year_start AS is_received,
        CASE
            WHEN outcome IN ('Y', 'N') AND outcome_date BETWEEN year_start AND until
                THEN outcome || ' ' || CAST(outcome_date AS VARCHAR)
        END AS decision,
        CASE
            WHEN assessment_outcome IN ('Y', 'N', 'S') AND assessment_outcome_date BETWEEN year_start AND until
                THEN assessment_outcome || ' ' || CAST(assessment_outcome_date AS VARCHAR)
        END AS ending,
        CASE WHEN assessment_outcome = 'Y' AND assessment_outcome_date BETWEEN year_start AND until THEN is_excepted END AS exception
    FROM told
),

returned AS (SELECT * FROM happened WHERE told_by = 'return'),

listed AS (SELECT * FROM happened WHERE told_by = 'extract'),

-- A list is there to compare with where it has requests at all.
compared_year AS (SELECT DISTINCT calendar_year FROM listed),

tie AS (
    SELECT returned.calendar_year, returned.request_id, listed.request_id AS list_request_id, 1 AS way, 0 AS days_apart
    FROM returned
    INNER JOIN listed
        ON listed.calendar_year = returned.calendar_year
        AND listed.request_id = returned.request_id
        AND (listed.received = returned.received OR listed.pupil = returned.pupil)
    UNION ALL
    SELECT
        returned.calendar_year,
        returned.request_id,
        listed.request_id,
        CASE WHEN listed.received = returned.received THEN 2 ELSE 3 END,
        abs(days_between(returned.received, listed.received))
    FROM returned
    INNER JOIN listed
        ON listed.calendar_year = returned.calendar_year
        AND listed.pupil = returned.pupil
    WHERE abs(days_between(returned.received, listed.received)) <= 60
    UNION ALL
    SELECT returned.calendar_year, returned.request_id, listed.request_id, 4, 0
    FROM returned
    INNER JOIN listed
        ON listed.calendar_year = returned.calendar_year
        AND listed.received = returned.received
        AND listed.date_of_birth = returned.date_of_birth
        AND listed.sex = returned.sex
    WHERE returned.alike = 1
        AND listed.alike = 1
        AND (returned.pupil IS NULL OR listed.pupil IS NULL)
),

ranked AS (
    SELECT
        tie.*,
        row_number() OVER (
            PARTITION BY calendar_year, request_id
            ORDER BY way NULLS LAST, days_apart NULLS LAST, list_request_id NULLS LAST
        ) AS choice_of_return,
        row_number() OVER (
            PARTITION BY calendar_year, list_request_id
            ORDER BY way NULLS LAST, days_apart NULLS LAST, request_id NULLS LAST
        ) AS choice_of_list
    FROM tie
),

pair AS (
    SELECT calendar_year, request_id, list_request_id, way
    FROM ranked
    WHERE choice_of_return = 1
        AND choice_of_list = 1
),

beside AS (
    SELECT
        returned.calendar_year,
        returned.request_id,
        pair.list_request_id,
        pair.way
    FROM returned
    INNER JOIN compared_year ON compared_year.calendar_year = returned.calendar_year
    LEFT JOIN pair
        ON pair.calendar_year = returned.calendar_year
        AND pair.request_id = returned.request_id
    UNION ALL
    SELECT listed.calendar_year, CAST(NULL AS VARCHAR), listed.request_id, CAST(NULL AS INTEGER)
    FROM listed
    LEFT JOIN pair
        ON pair.calendar_year = listed.calendar_year
        AND pair.list_request_id = listed.request_id
    WHERE pair.request_id IS NULL
),

side AS (
    SELECT
        beside.calendar_year,
        beside.request_id,
        beside.list_request_id,
        beside.way,
        returned.received,
        listed.received AS list_received,
        returned.decision,
        listed.decision AS list_decision,
        CASE WHEN COALESCE(listed.tells_assessments, TRUE) THEN returned.ending END AS ending,
        CASE WHEN COALESCE(returned.tells_assessments, TRUE) THEN listed.ending END AS list_ending,
        CASE WHEN COALESCE(listed.tells_assessments, TRUE) THEN returned.exception END AS is_excepted,
        CASE WHEN COALESCE(returned.tells_assessments, TRUE) THEN listed.exception END AS list_is_excepted,
        COALESCE(returned.is_received, FALSE) OR COALESCE(listed.is_received, FALSE) AS is_received,
        COALESCE(returned._delivery, listed._delivery) AS _delivery,
        CASE WHEN returned._delivery IS NULL THEN listed._sheet ELSE returned._sheet END AS _sheet,
        COALESCE(returned._row, listed._row) AS _row
    FROM beside
    LEFT JOIN returned
        ON returned.calendar_year = beside.calendar_year
        AND returned.request_id = beside.request_id
    LEFT JOIN listed
        ON listed.calendar_year = beside.calendar_year
        AND listed.request_id = beside.list_request_id
),

judged AS (
    SELECT
        side.*,
        request_id IS NULL
        OR list_request_id IS NULL
        OR received <> list_received
        OR decision IS DISTINCT FROM list_decision
        OR ending IS DISTINCT FROM list_ending
        OR is_excepted IS DISTINCT FROM list_is_excepted AS differs
    FROM side
)

SELECT
    calendar_year,
    request_id,
    list_request_id,
    CASE way
        WHEN 1 THEN 'number'
        WHEN 2 THEN 'upn'
        WHEN 3 THEN 'upn and a day of receipt within sixty days'
        WHEN 4 THEN 'person'
    END AS tied_by,
    received,
    list_received,
    decision,
    list_decision,
    ending,
    list_ending,
    is_excepted,
    list_is_excepted,
    differs,
    _delivery,
    _sheet,
    _row
FROM judged
WHERE is_received
    OR decision IS NOT NULL
    OR list_decision IS NOT NULL
    OR ending IS NOT NULL
    OR list_ending IS NOT NULL
ORDER BY calendar_year NULLS LAST, request_id NULLS LAST, list_request_id NULLS LAST

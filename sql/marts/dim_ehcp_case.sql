/*
title = "Which records of the yearly SEN2 returns, and of the list of cases, are one case"
grain = "one request in one calendar year"
key = ["calendar_year", "request_id"]
reads = ["dim_ehcp_year", "dim_pupil_upn", "fct_ehcp_plan", "fct_ehcp_request"]

[columns]
calendar_year = "Calendar year that it is told of."
request_id = "Pseudonym of the request's number in that return."
case_id = "The case under all its numbers: year and number of the first return that has it. Each record has the same day of receipt and the same number of the request, pupil (UPN, ULN), or person as another; person, by month of birth and sex, only where one of the two has no UPN and no other of the return has the three alike."
tied_by = "How this record is tied to those of other returns, the surest way: number, upn, uln or person; NULL where no other return has the case."
issued = "First day on which the plan was issued, by all returns: that of the assessment's outcome, else the first start that any return has; NULL where none has it, or where all that is known is a start that was moved by an amendment."
decided_before = "1 January of the first year whose return says that the plan was decided on before the year (H): it stood then, also where `issued` is not known."
*/
WITH person AS (
    SELECT 'return' AS told_by, collection_year, person_id, uln, date_of_birth, sex
    FROM conformed.sen2_person
    WHERE NOT _superseded
    UNION ALL
    SELECT 'extract', year.collection_year, listed.person_id, listed.uln, listed.date_of_birth, listed.sex
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
        max(listed.uln),
        max(listed.date_of_birth),
        max(listed.sex)
    FROM conformed.ehcp_cases_case_list AS listed
    INNER JOIN mart.dim_ehcp_year AS year
        ON year.extract_date = listed.extract_date
        AND year.extract_is_flat
    WHERE NOT listed._superseded
    GROUP BY year.collection_year, COALESCE(listed.person_id, listed.case_id)
),

record AS (
    SELECT
        request.collection_year,
        request.request_id,
        request.received,
        COALESCE(number_of.pupil, request.upn) AS upn,
        person.uln,
        person.date_of_birth,
        person.sex,
        count(*) OVER (
            PARTITION BY request.collection_year, request.received, person.date_of_birth, person.sex
        ) AS alike
    FROM mart.fct_ehcp_request AS request
    LEFT JOIN person
        ON person.told_by = request.told_by
        AND person.collection_year = request.collection_year
        AND person.person_id = request.person_id
    LEFT JOIN mart.dim_pupil_upn AS number_of ON number_of.upn = request.upn
    UNION ALL
    -- Plans in force whose request is not in the return.
    SELECT DISTINCT
        active.collection_year,
        active.request_id,
        CAST(NULL AS DATE) AS received,
        CAST(NULL AS VARCHAR) AS upn,
        CAST(NULL AS VARCHAR) AS uln,
        CAST(NULL AS DATE) AS date_of_birth,
        CAST(NULL AS VARCHAR) AS sex,
        CAST(2 AS BIGINT) AS alike
    FROM conformed.sen2_active_plan AS active
    LEFT JOIN mart.fct_ehcp_request AS request
        ON request.collection_year = active.collection_year
        AND request.request_id = active.request_id
    WHERE NOT active._superseded
        AND request.request_id IS NULL
),

node AS (
    SELECT record.*, collection_year || '/' || request_id AS node
    FROM record
),

tie AS (
    SELECT one.node AS a, other.node AS b, 1 AS way
    FROM node AS one
    INNER JOIN node AS other
        ON other.request_id = one.request_id
        AND other.received IS NOT DISTINCT FROM one.received
    WHERE other.collection_year <> one.collection_year
    UNION ALL
    SELECT one.node AS a, other.node AS b, 2 AS way
    FROM node AS one
    INNER JOIN node AS other
        ON other.upn = one.upn
        AND other.received = one.received
    WHERE other.collection_year <> one.collection_year
    UNION ALL
    SELECT one.node AS a, other.node AS b, 3 AS way
    FROM node AS one
    INNER JOIN node AS other
        ON other.uln = one.uln
        AND other.received = one.received
    WHERE other.collection_year <> one.collection_year
    UNION ALL
    SELECT one.node AS a, other.node AS b, 4 AS way
    FROM node AS one
    INNER JOIN node AS other
        ON other.received = one.received
        AND other.date_of_birth = one.date_of_birth
        AND other.sex = one.sex
    WHERE other.collection_year <> one.collection_year
        AND one.alike = 1
        AND other.alike = 1
        AND (one.upn IS NULL OR other.upn IS NULL)
        AND (one.uln IS NULL OR other.uln IS NULL OR one.uln = other.uln)
),

tied AS (
    SELECT a AS node, min(way) AS way
    FROM tie
    GROUP BY a
),

edge AS (
    SELECT a, b FROM tie
    UNION
    SELECT node AS a, node AS b FROM node
),

-- The least record that can be reached; each step doubles the distance.
step_1 AS (SELECT a AS node, min(b) AS least FROM edge GROUP BY a),
step_2 AS (
    SELECT edge.a AS node, min(step_1.least) AS least
    FROM edge
    INNER JOIN step_1 ON step_1.node = edge.b
    GROUP BY edge.a
),
step_3 AS (
    SELECT one.node, min(two.least) AS least
    FROM step_2 AS one
    INNER JOIN step_2 AS two ON two.node = one.least
    GROUP BY one.node
),

plan AS (
    SELECT
        step_3.least AS case_id,
        min(CASE WHEN plan.issued_from = 'assessment_outcome' THEN plan.issued END) AS decided,
        min(CASE WHEN plan.issued_from = 'plan_start' THEN plan.issued END) AS first_start
    FROM mart.fct_ehcp_plan AS plan
    INNER JOIN step_3
        ON step_3.node = CAST(CAST(plan.calendar_year AS INTEGER) + 1 AS VARCHAR) || '/' || plan.request_id
    GROUP BY step_3.least
),

before_year AS (
    -- A list says it of the year in which it is drawn.
    SELECT
        step_3.least AS case_id,
        min(CASE WHEN request.told_by = 'return' OR request.told_until < request.year_end THEN request.year_start END) AS decided_before
    FROM mart.fct_ehcp_request AS request
    INNER JOIN step_3 ON step_3.node = request.collection_year || '/' || request.request_id
    WHERE request.assessment_outcome = 'H'
    GROUP BY step_3.least
)

SELECT
    CAST(CAST(node.collection_year AS INTEGER) - 1 AS VARCHAR) AS calendar_year,
    node.request_id,
    step_3.least AS case_id,
    CASE tied.way WHEN 1 THEN 'number' WHEN 2 THEN 'upn' WHEN 3 THEN 'uln' WHEN 4 THEN 'person' END AS tied_by,
    COALESCE(
        plan.decided,
        CASE
            WHEN before_year.decided_before IS NULL OR plan.first_start < before_year.decided_before THEN plan.first_start
        END
    ) AS issued,
    CASE WHEN plan.decided IS NULL THEN before_year.decided_before END AS decided_before
FROM node
INNER JOIN step_3 ON step_3.node = node.node
LEFT JOIN tied ON tied.node = node.node
LEFT JOIN plan ON plan.case_id = step_3.least
LEFT JOIN before_year ON before_year.case_id = step_3.least
ORDER BY calendar_year NULLS LAST, node.request_id NULLS LAST

/*
title = "What SEN2 says of plans that does not fit with itself or with the school census"
grain = "one finding of one rule about one record of one return, or about one pupil of one census"
key = ["rule_id", "collection_year", "record"]
reads = ["dim_ehcp_case", "dim_pupil_upn", "dim_school_series", "fct_ehcp_request", "fct_roll"]

[columns]
rule_id = "X-010 (a plan that the census has not), X-010-2 (the reverse), X-010-3 (at a school of the census, and no number leads to a pupil there), X-011 (another school), X-013 (requests without assessments and the reverse), X-016 (maximum age)."
collection_year = "Year of the SEN2 return, and of the January census that it is held against."
record = "Pseudonym of the plan, request or assessment; of the pupil, for X-010-2."
upn = "Pseudonym of the pupil's number, comparable with every collection; NULL where not known."
urn = "School to ask: that of the census; NULL where it is the council's own record."
found = "What was found."
_delivery = "The delivery of the row that it is about: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH on_roll AS (
    -- Of several rolls, the one that says E; a pupil is asked about once.
    SELECT
        first_year_in(academic_year) + 1 AS census_year,
        pupil,
        urn,
        series_urn,
        birth_month,
        sex,
        sen_provision,
        _delivery,
        _sheet,
        _row,
        row_number() OVER (
            PARTITION BY academic_year, pupil
            ORDER BY sen_provision NULLS LAST, series_urn NULLS LAST, _delivery NULLS LAST, _row NULLS LAST
        ) AS choice,
        count(*) OVER (PARTITION BY academic_year, pupil) AS rolls
    FROM mart.fct_roll
    WHERE term = 'spring'
        AND is_headcount
        AND pupil IS NOT NULL
),

january AS (
    SELECT
        census_year,
        pupil,
        urn,
        series_urn,
        birth_month,
        sex,
        sen_provision,
        rolls,
        -- How many at the school were born in that month: only one of its kind can be known by it.
        count(*) OVER (PARTITION BY census_year, series_urn, birth_month, sex) AS alike,
        _delivery,
        _sheet,
        _row
    FROM on_roll
    WHERE choice = 1
),

learner AS (
    SELECT roll.uln, min(COALESCE(number_of.pupil, roll.upn)) AS pupil
    FROM conformed.school_census_pupil_on_roll AS roll
    LEFT JOIN mart.dim_pupil_upn AS number_of ON number_of.upn = roll.upn
    WHERE NOT roll._superseded
        AND roll.uln IN (SELECT uln FROM conformed.sen2_person WHERE uln IS NOT NULL)
        AND roll.upn IS NOT NULL
    GROUP BY roll.uln
    HAVING count(DISTINCT COALESCE(number_of.pupil, roll.upn)) = 1
),

-- The number that the return of another year gives in the same case.
case_number AS (
    SELECT
        ehcp_case.case_id,
        min(COALESCE(number_of.pupil, request.upn)) AS pupil
    FROM mart.dim_ehcp_case AS ehcp_case
    INNER JOIN mart.fct_ehcp_request AS request
        ON request.calendar_year = ehcp_case.calendar_year
        AND request.request_id = ehcp_case.request_id
    LEFT JOIN mart.dim_pupil_upn AS number_of ON number_of.upn = request.upn
    WHERE request.upn IS NOT NULL
    GROUP BY ehcp_case.case_id
    HAVING count(DISTINCT COALESCE(number_of.pupil, request.upn)) = 1
),

-- Whom each request is about. Keys that are one text leave no join by the year alone, which would meet all persons of a year with all plans.
asked_for AS (
    SELECT
        request.collection_year || ' ' || request.request_id AS request_key,
        person.upn,
        person.uln,
        person.date_of_birth,
        person.sex
    FROM conformed.sen2_request AS request
    INNER JOIN conformed.sen2_person AS person
        ON person.collection_year || ' ' || person.person_id = request.collection_year || ' ' || request.person_id
        AND NOT person._superseded
    WHERE NOT request._superseded
),

numbered AS (
    SELECT
        plan.collection_year,
        CAST(plan.collection_year AS INTEGER) AS year_number,
        plan.active_plan_id,
        plan.request_id,
        person.upn,
        COALESCE(number_of.pupil, person.upn, learner.pupil, case_number.pupil) AS pupil,
        person.date_of_birth,
        person.sex,
        plan._delivery,
        plan._sheet,
        plan._row
    FROM conformed.sen2_active_plan AS plan
    INNER JOIN asked_for AS person ON person.request_key = plan.collection_year || ' ' || plan.request_id
    LEFT JOIN mart.dim_pupil_upn AS number_of ON number_of.upn = person.upn
    LEFT JOIN learner ON learner.uln = person.uln
    LEFT JOIN mart.dim_ehcp_case AS ehcp_case
        ON ehcp_case.calendar_year = CAST(CAST(plan.collection_year AS INTEGER) - 1 AS VARCHAR)
        AND ehcp_case.request_id = plan.request_id
    LEFT JOIN case_number ON case_number.case_id = ehcp_case.case_id
    WHERE NOT plan._superseded
),

placed AS (
    SELECT
        placement.collection_year,
        placement.active_plan_id,
        placement.urn,
        COALESCE(series.series_urn, placement.urn) AS series_urn,
        placement._delivery,
        placement._sheet,
        placement._row,
        row_number() OVER (
            PARTITION BY placement.collection_year, placement.active_plan_id
            ORDER BY placement.entry_date DESC NULLS LAST, placement.urn NULLS LAST
        ) AS choice
    FROM conformed.sen2_placement_detail AS placement
    LEFT JOIN mart.dim_school_series AS series ON series.urn = placement.urn
    WHERE NOT placement._superseded
        AND placement.urn IS NOT NULL
        AND COALESCE(placement.placement_rank, 1) = 1
        AND placement.leaving_date IS NULL
),

-- Who has no number in SEN2: by the school of the placement, month of birth and sex, where one pupil there has all three.
active AS (
    SELECT
        numbered.collection_year,
        numbered.year_number,
        numbered.active_plan_id,
        numbered.request_id,
        numbered.upn,
        COALESCE(numbered.pupil, january.pupil) AS pupil,
        numbered.pupil IS NULL AND january.pupil IS NULL AS is_not_matched,
        numbered._delivery,
        numbered._sheet,
        numbered._row
    FROM numbered
    LEFT JOIN placed
        ON placed.collection_year = numbered.collection_year
        -- A condition on the plan beside the keys would make the join a nested loop.
        AND placed.active_plan_id = CASE WHEN numbered.pupil IS NULL THEN numbered.active_plan_id END
        AND placed.choice = 1
    LEFT JOIN january
        ON january.census_year = numbered.year_number
        AND january.series_urn = placed.series_urn
        AND january.birth_month = numbered.date_of_birth
        AND january.sex = numbered.sex
        AND january.alike = 1
),

return_told AS (
    SELECT DISTINCT year_number
    FROM active
),

x_010 AS (
    SELECT
        'X-010' AS rule_id,
        active.collection_year,
        active.active_plan_id AS record,
        active.upn,
        january.urn,
        'SEN2 has a plan, the census says ' || january.sen_provision AS found,
        active._delivery,
        active._sheet,
        active._row
    FROM active
    INNER JOIN january
        ON january.census_year = active.year_number
        AND january.pupil = active.pupil
    WHERE january.sen_provision <> 'E'
),

x_010_2 AS (
    SELECT
        'X-010-2' AS rule_id,
        CAST(january.census_year AS VARCHAR) AS collection_year,
        january.pupil AS record,
        january.pupil AS upn,
        january.urn,
        'the census says E, SEN2 has no plan in force' AS found,
        january._delivery,
        january._sheet,
        january._row
    FROM january
    INNER JOIN return_told ON return_told.year_number = january.census_year
    LEFT JOIN active
        ON active.year_number = january.census_year
        AND active.pupil = january.pupil
    WHERE january.sen_provision = 'E'
        AND active.pupil IS NULL
),

school_told AS (
    SELECT DISTINCT census_year, series_urn
    FROM january
),

x_010_3 AS (
    SELECT
        'X-010-3' AS rule_id,
        active.collection_year,
        active.active_plan_id AS record,
        CAST(NULL AS VARCHAR) AS upn,
        placed.urn,
        'no UPN in any return, and neither ULN nor month of birth and sex lead to one pupil of ' || placed.urn AS found,
        active._delivery,
        active._sheet,
        active._row
    FROM active
    INNER JOIN placed
        ON placed.collection_year = active.collection_year
        AND placed.active_plan_id = active.active_plan_id
        AND placed.choice = 1
    INNER JOIN school_told
        ON school_told.census_year = active.year_number
        AND school_told.series_urn = placed.series_urn
    WHERE active.is_not_matched
),

x_011 AS (
    SELECT
        'X-011' AS rule_id,
        active.collection_year,
        active.active_plan_id AS record,
        active.upn,
        january.urn,
        'SEN2 places the child at ' || placed.urn || ', the census has it at ' || january.urn AS found,
        placed._delivery,
        placed._sheet,
        placed._row
    FROM active
    INNER JOIN placed
        ON placed.collection_year = active.collection_year
        AND placed.active_plan_id = active.active_plan_id
        AND placed.choice = 1
    INNER JOIN january
        ON january.census_year = active.year_number
        AND january.pupil = active.pupil
    WHERE placed.series_urn <> january.series_urn
        AND january.rolls = 1
),

assessed AS (
    SELECT DISTINCT collection_year, request_id
    FROM conformed.sen2_assessment
    WHERE NOT _superseded
),

x_013 AS (
    SELECT
        'X-013' AS rule_id,
        request.collection_year,
        request.request_id AS record,
        CAST(NULL AS VARCHAR) AS upn,
        CAST(NULL AS VARCHAR) AS urn,
        CASE
            WHEN assessed.request_id IS NULL THEN 'agreed to, and no assessment in the return'
            ELSE 'outcome ' || request.request_outcome || ', and an assessment in the return'
        END AS found,
        request._delivery,
        request._sheet,
        request._row
    FROM conformed.sen2_request AS request
    LEFT JOIN assessed
        ON assessed.collection_year = request.collection_year
        AND assessed.request_id = request.request_id
    WHERE NOT request._superseded
        AND (
            (request.request_outcome IN ('N', 'A', 'W') AND assessed.request_id IS NOT NULL)
            OR (request.request_outcome = 'Y' AND assessed.request_id IS NULL AND request.exported IS NULL)
        )
),

ended AS (
    SELECT
        named.*,
        row_number() OVER (
            PARTITION BY named.collection_year, named.named_plan_id
            ORDER BY named.start_date DESC NULLS LAST, named._row NULLS LAST
        ) AS choice
    FROM conformed.sen2_named_plan AS named
    WHERE NOT named._superseded
        AND named.ceased_because = '1'
),

-- Reason 1, maximum age: a plan may stand to the end of the academic year in which the person becomes 25.
x_016 AS (
    SELECT
        'X-016' AS rule_id,
        ended.collection_year,
        ended.named_plan_id AS record,
        person.upn,
        CAST(NULL AS VARCHAR) AS urn,
        'ceased for maximum age, and younger than 25 on 31 August' AS found,
        ended._delivery,
        ended._sheet,
        ended._row
    FROM ended
    INNER JOIN conformed.sen2_assessment AS assessment
        ON assessment.collection_year || ' ' || assessment.assessment_id = ended.collection_year || ' ' || ended.assessment_id
        AND NOT assessment._superseded
    INNER JOIN asked_for AS person ON person.request_key = assessment.collection_year || ' ' || assessment.request_id
    WHERE ended.choice = 1
        -- Age on the 31 August with which the academic year of the end ends, by the month of birth.
        AND CAST(EXTRACT(year FROM ended.cease_date) AS BIGINT)
            + CASE WHEN EXTRACT(month FROM ended.cease_date) >= 9 THEN 1 ELSE 0 END
            - CAST(EXTRACT(year FROM person.date_of_birth) AS BIGINT)
            - CASE WHEN EXTRACT(month FROM person.date_of_birth) >= 9 THEN 1 ELSE 0 END < 25
)

SELECT rule_id, collection_year, record, upn, urn, found, _delivery, _sheet, _row
FROM (
    SELECT rule_id, collection_year, record, upn, urn, found, _delivery, _sheet, _row FROM x_010
    UNION ALL
    SELECT rule_id, collection_year, record, upn, urn, found, _delivery, _sheet, _row FROM x_010_2
    UNION ALL
    SELECT rule_id, collection_year, record, upn, urn, found, _delivery, _sheet, _row FROM x_010_3
    UNION ALL
    SELECT rule_id, collection_year, record, upn, urn, found, _delivery, _sheet, _row FROM x_011
    UNION ALL
    SELECT rule_id, collection_year, record, upn, urn, found, _delivery, _sheet, _row FROM x_013
    UNION ALL
    SELECT rule_id, collection_year, record, upn, urn, found, _delivery, _sheet, _row FROM x_016
) AS finding
ORDER BY rule_id NULLS LAST, collection_year NULLS LAST, record NULLS LAST

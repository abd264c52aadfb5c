/*
title = "Use of the Graduated Response Tool"
grain = "one cycle of assess, plan, do, review of one pupil at one school"
key = ["grt_id"]
reads = ["dim_pupil_upn", "dim_school_series"]

[columns]
grt_id = "Pseudonym of the cycle's number in the log."
urn = "Unique reference number of the school as the log says it."
series_urn = "Unique reference number under which the school's figures stand through the years: see dim_school_series."
upn = "Pseudonym of the unique pupil number as the log says it; NULL where it is not known."
pupil = "Pseudonym that stands for the pupil under all numbers: see dim_pupil_upn; the number itself where no census has it; where the log gives no number, that which it gives elsewhere with the school's own reference of the pupil, or else school and reference. NULL where it has neither."
pupil_by = "What told the pupil: upn, a number that a census has; reference, the school's own; unknown_upn, a number that no census has; NULL where there is no pupil."
opened = "Day on which the cycle was opened."
academic_year = "Academic year in which it was opened, such as 2024/25."
area_of_need = "Area of need: CI, CL, SEMH, PS or MED."
level = "UNIVERSAL or SEN_SUPPORT."
tool_section = "Part of the tool that was used."
cycle_no = "Which cycle of this pupil it is, from 1 (cycles): how deep the use goes."
review = "Day on which the cycle was or will be reviewed."
outcome = "What the review decided: MET, CONTINUE, ESCALATE or EHCNA; NULL until then."
author_role = "Role of whoever wrote the plan."
request_id = "Pseudonym of the request for an assessment that this is evidence for: joins to fct_ehcp_request; NULL where it is none."
_delivery = "The delivery that this row came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH cycle AS (
    SELECT
        cycle.*,
        first_year_of(opened_date) AS first_year
    FROM conformed.graduated_response_grt_use AS cycle
    WHERE NOT _superseded
),

-- One pupil whose school gives the number on some cycles, and its own reference on others: a number that a census has
-- before one that none has.
by_reference AS (
    SELECT
        cycle.urn,
        cycle.pupil_ref,
        CASE WHEN count(DISTINCT number_of.pupil) = 1 THEN min(number_of.pupil) END AS known_pupil,
        CASE WHEN count(DISTINCT cycle.upn) = 1 THEN min(cycle.upn) END AS number
    FROM cycle
    LEFT JOIN mart.dim_pupil_upn AS number_of
        ON number_of.upn = cycle.upn
    WHERE cycle.upn IS NOT NULL
        AND cycle.pupil_ref IS NOT NULL
    GROUP BY cycle.urn, cycle.pupil_ref
)

SELECT
    cycle.grt_id,
    cycle.urn,
    COALESCE(series.series_urn, cycle.urn) AS series_urn,
    cycle.upn,
    COALESCE(
        number_of.pupil,
        by_reference.known_pupil,
        cycle.upn,
        by_reference.number,
        cycle.urn || ' ' || cycle.pupil_ref
    ) AS pupil,
    CASE
        WHEN number_of.pupil IS NOT NULL THEN 'upn'
        WHEN by_reference.known_pupil IS NOT NULL THEN 'reference'
        WHEN cycle.upn IS NOT NULL THEN 'unknown_upn'
        WHEN cycle.pupil_ref IS NOT NULL THEN 'reference'
    END AS pupil_by,
    cycle.opened_date AS opened,
    year_label(cycle.first_year) AS academic_year,
    cycle.area_of_need,
    cycle.level,
    cycle.tool_section,
    cycle.cycle_no,
    cycle.review_date AS review,
    cycle.outcome,
    cycle.author_role,
    cycle.ehcna_request_id AS request_id,
    cycle._delivery,
    cycle._sheet,
    cycle._row
FROM cycle
LEFT JOIN mart.dim_school_series AS series
    ON series.urn = cycle.urn
LEFT JOIN mart.dim_pupil_upn AS number_of
    ON number_of.upn = cycle.upn
LEFT JOIN by_reference
    ON by_reference.urn = cycle.urn
    -- Of those alone who are known by no number; a condition beside the keys would make the join a nested loop.
    AND by_reference.pupil_ref = CASE WHEN number_of.pupil IS NULL THEN cycle.pupil_ref END
ORDER BY cycle.grt_id NULLS LAST

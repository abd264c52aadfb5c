/*
title = "Who had a part in which annual review"
grain = "one agency's part in one annual review"
key = ["request_id", "meeting", "agency"]
reads = ["dim_ehcp_case", "fct_annual_review"]

[columns]
request_id = "Pseudonym of the plan's number, which is that of its request in SEN2: joins to fct_annual_review and fct_ehcp_request."
meeting = "Day of the review meeting."
academic_year = "Academic year of the meeting, such as 2024/25."
agency = "Who was to contribute: EDU, HEALTH_THERAPY, HEALTH_CAMHS, HEALTH_COMMUNITY, SOCIAL_CARE, PARENT or CYP."
service = "What kind of service that is: health, social_care or other."
is_known = "Whether the child or young person is known to the service: only then is a contribution looked for."
invited = "Day on which it was invited; NULL where it was not."
requested = "Day on which advice was asked for; NULL where it was not."
due = "Day by which advice had to be in."
received = "Day on which advice came in; NULL where none did."
is_in_time = "Whether advice came in by the day on which it was due."
has_attended = "Whether somebody of the agency attended the meeting."
is_nil_return = "Whether the agency answered that it has nothing to say: no part, and to be told apart from silence."
has_part = "Whether it had a part: known, and in time or at the meeting."
was_used = "Whether its advice went into the amended plan."
outcome = "What was decided upon the review, by SEN2: M maintain, A amend, C cease; NULL where no return tells."
_delivery = "The delivery that this row came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH contribution AS (
    SELECT
        contribution.*,
        first_year_of(review_meeting_date) AS first_year
    FROM conformed.annual_review_contributions_ar_contribution AS contribution
    WHERE NOT _superseded
),

-- The number of a plan is that of its request in any of the returns.
decided AS (
    SELECT numbered.request_id, review.meeting, max(review.outcome) AS outcome
    FROM (SELECT DISTINCT request_id, case_id FROM mart.dim_ehcp_case) AS numbered
    INNER JOIN mart.fct_annual_review AS review ON review.case_id = numbered.case_id
    GROUP BY numbered.request_id, review.meeting
)

SELECT
    contribution.plan_id AS request_id,
    contribution.review_meeting_date AS meeting,
    year_label(first_year) AS academic_year,
    contribution.agency,
    CASE
        WHEN left(contribution.agency, 7) = 'HEALTH_' THEN 'health'
        WHEN contribution.agency = 'SOCIAL_CARE' THEN 'social_care'
        ELSE 'other'
    END AS service,
    contribution.known_to_service AS is_known,
    contribution.invited_date AS invited,
    contribution.requested_date AS requested,
    contribution.due_date AS due,
    contribution.received_date AS received,
    COALESCE(contribution.received_date <= contribution.due_date, FALSE) AS is_in_time,
    COALESCE(contribution.attended, FALSE) AS has_attended,
    COALESCE(contribution.nil_return, FALSE) AS is_nil_return,
    contribution.known_to_service
        AND (
            COALESCE(contribution.attended, FALSE)
            OR COALESCE(contribution.received_date <= contribution.due_date, FALSE)
        ) AS has_part,
    COALESCE(contribution.used_in_amended_plan, FALSE) AS was_used,
    decided.outcome,
    contribution._delivery,
    contribution._sheet,
    contribution._row
FROM contribution
LEFT JOIN decided
    ON decided.request_id = contribution.plan_id
    AND decided.meeting = contribution.review_meeting_date
ORDER BY request_id NULLS LAST, meeting NULLS LAST, agency NULLS LAST

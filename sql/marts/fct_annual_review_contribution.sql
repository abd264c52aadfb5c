/*
title = "Who had a part in which annual review"
grain = "one agency's part in one annual review"
key = ["request_id", "meeting", "agency"]
reads = []

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
_delivery = "The delivery that this row came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH contribution AS (
    SELECT
        contribution.*,
        CAST(extract(year FROM review_meeting_date) AS BIGINT)
        - CASE WHEN extract(month FROM review_meeting_date) >= 9 THEN 0 ELSE 1 END AS first_year
    FROM conformed.annual_review_contributions_ar_contribution AS contribution
    WHERE NOT _superseded
)

SELECT
    plan_id AS request_id,
    review_meeting_date AS meeting,
    CAST(first_year AS VARCHAR) || '/' || right(CAST(first_year + 1 AS VARCHAR), 2) AS academic_year,
    agency,
    CASE
        WHEN left(agency, 7) = 'HEALTH_' THEN 'health'
        WHEN agency = 'SOCIAL_CARE' THEN 'social_care'
        ELSE 'other'
    END AS service,
    known_to_service AS is_known,
    invited_date AS invited,
    requested_date AS requested,
    due_date AS due,
    received_date AS received,
    COALESCE(received_date <= due_date, FALSE) AS is_in_time,
    COALESCE(attended, FALSE) AS has_attended,
    COALESCE(nil_return, FALSE) AS is_nil_return,
    known_to_service AND (COALESCE(attended, FALSE) OR COALESCE(received_date <= due_date, FALSE)) AS has_part,
    COALESCE(used_in_amended_plan, FALSE) AS was_used,
    _delivery,
    _sheet,
    _row
FROM contribution
ORDER BY request_id NULLS LAST, meeting NULLS LAST, agency NULLS LAST

/*
title = "Whether health and social care had a part in each annual review of a child whom they know"
grain = "one kind of service in one annual review of a child known to one of its agencies"
key = ["service", "request_id", "meeting"]
reads = ["fct_annual_review_contribution"]

[columns]
service = "health, social_care or other."
request_id = "Pseudonym of the plan's number: see fct_annual_review_contribution."
meeting = "Day of the review meeting."
academic_year = "Academic year of the meeting, such as 2024/25."
agencies = "Agencies of the service that know the child (number)."
has_part = "Whether one of them had a part: in time, or at the meeting."
agency = "The agency whose row stands here: one that had a part, where there is one."
_delivery = "The delivery that this agency's row came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH ranked AS (
    SELECT
        part.*,
        count(*) OVER (PARTITION BY service, request_id, meeting) AS agencies,
        row_number() OVER (
            PARTITION BY service, request_id, meeting
            ORDER BY CASE WHEN has_part THEN 0 ELSE 1 END NULLS LAST, agency NULLS LAST
        ) AS choice
    FROM mart.fct_annual_review_contribution AS part
    WHERE is_known
)

SELECT
    service,
    request_id,
    meeting,
    academic_year,
    CAST(agencies AS BIGINT) AS agencies,
    has_part,
    agency,
    _delivery,
    _sheet,
    _row
FROM ranked
WHERE choice = 1
ORDER BY service NULLS LAST, request_id NULLS LAST, meeting NULLS LAST

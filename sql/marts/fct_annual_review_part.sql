/*
title = "Parts of agencies in annual reviews of children whom they know, in the figures of all agencies and of each"
grain = "one agency's part in one annual review of a child known to it, in the figures of all agencies or of its own"
key = ["breakdown", "request_id", "meeting", "agency"]
reads = ["fct_annual_review_contribution"]

[columns]
academic_year = "Academic year of the meeting, such as 2024/25."
breakdown = "total, or agency=EDU and the like."
request_id = "Pseudonym of the plan's number: see fct_annual_review_contribution."
meeting = "Day of the review meeting."
agency = "Who was to contribute."
due = "Day by which advice had to be in."
received = "Day on which advice came in; NULL where none did."
is_in_time = "Whether advice came in by the day on which it was due."
has_attended = "Whether somebody of the agency attended the meeting."
is_nil_return = "Whether the agency answered that it has nothing to say."
was_used = "Whether its advice went into the amended plan."
outcome = "What was decided upon the review, by SEN2: M maintain, A amend, C cease; NULL where no return tells."
_delivery = "The delivery that this row came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
SELECT
    part.academic_year,
    CASE split.kind WHEN 'total' THEN 'total' ELSE 'agency=' || part.agency END AS breakdown,
    part.request_id,
    part.meeting,
    part.agency,
    part.due,
    part.received,
    part.is_in_time,
    part.has_attended,
    part.is_nil_return,
    part.was_used,
    part.outcome,
    part._delivery,
    part._sheet,
    part._row
FROM mart.fct_annual_review_contribution AS part
CROSS JOIN (VALUES ('total'), ('agency')) AS split (kind)
WHERE part.is_known
ORDER BY breakdown NULLS LAST, part.request_id NULLS LAST, part.meeting NULLS LAST, part.agency NULLS LAST

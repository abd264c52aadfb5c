/*
title = "Rows of registers about pupils whom no school census has, or whom nothing names"
grain = "one row of a register"
key = ["register", "record"]
reads = ["dim_school_series", "fct_graduated_response", "fct_inclusion_discussion", "fct_roll"]

[columns]
register = "inclusion_discussions or graduated_response."
record = "Pseudonym of the row's number in the register."
urn = "School to ask; NULL where the register gives none."
school_name = "Name of that school; NULL where GIAS has not said."
day = "Day of the meeting, or on which the cycle was opened."
_delivery = "The delivery of the row: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH entry AS (
    SELECT 'inclusion_discussions' AS register, aid_id AS record, pupil_by, urn, meeting_date AS day, _delivery, _sheet, _row
    FROM mart.fct_inclusion_discussion
    UNION ALL
    SELECT 'graduated_response', grt_id, pupil_by, urn, opened, _delivery, _sheet, _row
    FROM mart.fct_graduated_response
),

-- Every number that any census has told, of pupils on roll or gone; and how far the censuses reach.
reach AS (
    SELECT count(*) AS pupils
    FROM mart.fct_roll
)

SELECT
    entry.register,
    entry.record,
    entry.urn,
    series.series_name AS school_name,
    entry.day,
    entry._delivery,
    entry._sheet,
    entry._row
FROM entry
CROSS JOIN reach
LEFT JOIN mart.dim_school_series AS series ON series.urn = entry.urn
WHERE (entry.pupil_by IS NULL OR entry.pupil_by = 'unknown_upn')
    -- Without a census nobody is on a roll, and that is no finding.
    AND reach.pupils > 0
ORDER BY entry.register NULLS LAST, entry.record NULLS LAST

/*
title = "What came before and after each Area Inclusion Discussion"
grain = "one discussion of one child that took place"
key = ["aid_id"]
reads = ["dim_date", "fct_inclusion_discussion", "fct_roll", "fct_suspension"]

[columns]
aid_id = "The discussion's number in the register (pseudonym): joins to fct_inclusion_discussion."
academic_year = "Academic year of the meeting."
la_code = "Three-digit authority code of the school, as GIAS has it."
pupil = "Pseudonym of the pupil; NULL where nothing tells it, or no census has the number: then nothing that follows is known."
trigger = "Why the child was put on the agenda: SUSP3, AT_RISK_PEX, PT_TIMETABLE, ATTEND or OTHER."
meeting_date = "Day of the discussion."
excluded_on = "Day of the pupil's first permanent exclusion on the 90 days after the meeting; NULL where there is none."
suspensions_before = "Suspensions and lunchtime suspensions of the pupil that began on the 90 days before the meeting (number)."
suspensions_after = "Those that began on the 90 days after it (number)."
is_open = "Whether the 90 days after it reach beyond what the censuses tell."
_delivery = "The delivery that the discussion came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH told AS (
    -- A census tells of the two terms before its own.
    SELECT max(census_number(academic_year, term)) - 1 AS last_term
    FROM mart.fct_roll
),

followed AS (
    SELECT
        discussion.aid_id,
        min(CASE WHEN event.category = 'PERM' AND event.start_date > discussion.meeting_date THEN event.start_date END) AS excluded_on,
        sum(CASE WHEN event.category <> 'PERM' AND event.start_date < discussion.meeting_date THEN 1 ELSE 0 END) AS suspensions_before,
        sum(CASE WHEN event.category <> 'PERM' AND event.start_date > discussion.meeting_date THEN 1 ELSE 0 END) AS suspensions_after
    FROM mart.fct_inclusion_discussion AS discussion
    LEFT JOIN mart.fct_suspension AS event
        ON event.pupil = discussion.pupil
        AND event.start_date >= discussion.meeting_date - INTERVAL '90' DAY
        AND event.start_date <= discussion.meeting_date + INTERVAL '90' DAY
    WHERE discussion.is_discussed
    GROUP BY discussion.aid_id
)

SELECT
    discussion.aid_id,
    discussion.academic_year,
    discussion.la_code,
    CASE WHEN discussion.pupil_by <> 'unknown_upn' THEN discussion.pupil END AS pupil,
    discussion.trigger,
    discussion.meeting_date,
    followed.excluded_on,
    CAST(followed.suspensions_before AS BIGINT) AS suspensions_before,
    CAST(followed.suspensions_after AS BIGINT) AS suspensions_after,
    NOT COALESCE(reach.term_number <= told.last_term, FALSE) AS is_open,
    discussion._delivery,
    discussion._sheet,
    discussion._row
FROM mart.fct_inclusion_discussion AS discussion
INNER JOIN followed ON followed.aid_id = discussion.aid_id
CROSS JOIN told
LEFT JOIN mart.dim_date AS reach ON reach.date = discussion.meeting_date + INTERVAL '90' DAY
WHERE discussion.is_discussed
ORDER BY discussion.aid_id NULLS LAST

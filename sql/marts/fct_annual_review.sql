/*
title = "Annual reviews of plans, as all the SEN2 returns that are here tell of them"
grain = "one meeting of one plan: a return has the last meeting of each plan alone, so the meetings of a plan stand in the returns of several years"
key = ["case_id", "meeting"]
reads = ["dim_ehcp_case", "dim_sen2_return", "fct_ehcp_request"]

[columns]
case_id = "The plan's case: see dim_ehcp_case."
request_id = "Pseudonym of the request that the plan came of, in the latest return that tells of the meeting: registers give it as the plan's number."
received = "Day on which that request was received; with the number it tells two plans apart where a system gives numbers anew."
upn = "Pseudonym of the unique pupil number; NULL where the person has none."
meeting = "Day of the meeting."
previous_meeting = "The meeting before it that the returns tell of; NULL where none does."
clock_start = "The day from which its twelve months run: the meeting before, else the issue of the plan; NULL where neither is known."
due = "The same day a year later: the last day of the twelve months."
is_in_time = "Whether the meeting was held within the twelve months; NULL where it was held after `due` and a meeting between may be hidden: the return that would have it is not here or does not lead to the plan, or has a later one, of the first days of January."
decided = "Day on which the authority wrote with its decision: by the latest return that has this as the last meeting, else a decision between this and the next meeting that a later return has; NULL where none is told."
outcome = "What was decided: M maintain, A amend, C cease; NULL where not told."
days_to_decision = "From the meeting to the decision (days)."
first_told = "Calendar year of the first return that tells of it."
last_told = "Calendar year of the latest return that tells of it."
_delivery = "The delivery of the row that tells of it in that return: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH told AS (
    SELECT
        ehcp_case.case_id,
        ehcp_case.issued,
        ehcp_case.calendar_year,
        CAST(ehcp_case.calendar_year AS INTEGER) AS year_number,
        active.request_id,
        active.active_plan_id,
        active.review_meeting,
        active.review_outcome,
        active.last_review,
        active._delivery,
        active._sheet,
        active._row
    FROM conformed.sen2_active_plan AS active
    INNER JOIN mart.dim_ehcp_case AS ehcp_case
        ON ehcp_case.calendar_year = CAST(CAST(active.collection_year AS INTEGER) - 1 AS VARCHAR)
        AND ehcp_case.request_id = active.request_id
    WHERE NOT active._superseded
),

meeting AS (
    SELECT
        case_id,
        review_meeting AS meeting,
        lag(review_meeting) OVER (PARTITION BY case_id ORDER BY review_meeting NULLS LAST) AS previous_meeting,
        lead(review_meeting) OVER (PARTITION BY case_id ORDER BY review_meeting NULLS LAST) AS next_meeting,
        min(year_number) AS first_told,
        max(year_number) AS last_told
    FROM told
    WHERE review_meeting IS NOT NULL
    GROUP BY case_id, review_meeting
),

latest AS (
    SELECT
        told.*,
        row_number() OVER (
            PARTITION BY case_id, review_meeting
            ORDER BY year_number DESC NULLS LAST, active_plan_id NULLS LAST
        ) AS from_last
    FROM told
    WHERE review_meeting IS NOT NULL
),

-- A return whose last meeting awaits its decision may have the decision on the meeting before.
later AS (
    SELECT meeting.case_id, meeting.meeting, min(told.last_review) AS decided
    FROM meeting
    INNER JOIN told
        ON told.case_id = meeting.case_id
        AND told.review_meeting > meeting.meeting
        AND told.last_review >= meeting.meeting
        AND told.last_review < meeting.next_meeting
    GROUP BY meeting.case_id, meeting.meeting
),

dated AS (
    SELECT
        meeting.case_id,
        latest.request_id,
        latest._delivery,
        latest._sheet,
        latest._row,
        latest.calendar_year AS last_told,
        meeting.meeting,
        meeting.previous_meeting,
        meeting.first_told,
        COALESCE(meeting.previous_meeting, latest.issued) AS clock_start,
        CAST(COALESCE(meeting.previous_meeting, latest.issued) + INTERVAL '1' YEAR AS DATE) AS due,
        CASE WHEN latest.last_review >= meeting.meeting THEN latest.last_review ELSE later.decided END AS decided,
        CASE
            WHEN latest.last_review >= meeting.meeting OR latest.last_review IS NULL THEN latest.review_outcome
        END AS outcome,
        -- The return before the first that tells of it would have a meeting that lies between: is it here, with this plan,
        -- or was the plan issued after it?
        before.has_meetings
        AND (
            earlier.case_id IS NOT NULL
            OR COALESCE(latest.issued >= before.year_end, FALSE)
        )
        -- Held between 31 December and census day: a meeting of the year itself would not show in that return.
        AND (
            meeting.meeting < day_of(meeting.first_told + 1, 1, 1)
            OR COALESCE(meeting.previous_meeting, latest.issued) >= day_of(meeting.first_told, 1, 1)
        ) AS is_clock_known
    FROM meeting
    INNER JOIN latest
        ON latest.case_id = meeting.case_id
        AND latest.review_meeting = meeting.meeting
        AND latest.from_last = 1
    LEFT JOIN later
        ON later.case_id = meeting.case_id
        AND later.meeting = meeting.meeting
    LEFT JOIN mart.dim_sen2_return AS before
        ON CAST(before.calendar_year AS INTEGER) = meeting.first_told - 1
    LEFT JOIN (SELECT DISTINCT case_id, year_number FROM told) AS earlier
        ON earlier.case_id = meeting.case_id
        AND earlier.year_number = meeting.first_told - 1
)

SELECT
    dated.case_id,
    dated.request_id,
    request.received,
    request.upn,
    dated.meeting,
    dated.previous_meeting,
    dated.clock_start,
    dated.due,
    CASE
        WHEN dated.meeting <= dated.due THEN TRUE
        WHEN dated.is_clock_known AND dated.due IS NOT NULL THEN FALSE
    END AS is_in_time,
    dated.decided,
    dated.outcome,
    days_between(dated.meeting, dated.decided) AS days_to_decision,
    CAST(dated.first_told AS VARCHAR) AS first_told,
    dated.last_told,
    dated._delivery,
    dated._sheet,
    dated._row
FROM dated
LEFT JOIN mart.fct_ehcp_request AS request
    ON request.calendar_year = dated.last_told
    AND request.request_id = dated.request_id
ORDER BY dated.case_id NULLS LAST, dated.meeting NULLS LAST

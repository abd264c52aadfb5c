/*
title = "Annual reviews of plans, as SEN2 returns tell of them"
grain = "one meeting of one plan: several returns may tell of one meeting, the latest has what became of it"
key = ["request_id", "received", "meeting"]
reads = ["fct_ehcp_plan_in_force"]

[columns]
request_id = "Pseudonym of the request that the plan came of: registers give it as the plan's number."
received = "Day on which that request was received; with the number it tells two plans apart where a system gives numbers anew."
upn = "Pseudonym of the unique pupil number; NULL where the person has none."
meeting = "Day of the meeting."
clock_start = "The day from which its twelve months run: the meeting before, else the issue of the plan; NULL where the return of its year is not here."
due = "The last day of the twelve months; NULL where the start is not known."
decided = "Day on which the authority wrote with its decision, by the latest return; NULL while it has not."
outcome = "What was decided: M maintain, A amend, C cease."
days_to_decision = "From the meeting to the decision (days)."
first_told = "Calendar year of the first return that tells of it."
last_told = "Calendar year of the latest return that tells of it: what else stands in this row comes from there."
*/
WITH told AS (
    SELECT
        plan.*,
        row_number() OVER (
            PARTITION BY request_id, received, last_meeting
            ORDER BY calendar_year DESC NULLS LAST, active_plan_id NULLS LAST
        ) AS from_last
    FROM mart.fct_ehcp_plan_in_force AS plan
    WHERE last_meeting IS NOT NULL
),

meeting AS (
    SELECT
        request_id,
        received,
        last_meeting,
        max(clock_start) AS clock_start,
        max(due) AS due,
        min(calendar_year) AS first_told
    FROM told
    GROUP BY request_id, received, last_meeting
)

SELECT
    told.request_id,
    told.received,
    told.upn,
    told.last_meeting AS meeting,
    meeting.clock_start,
    meeting.due,
    told.last_decided AS decided,
    told.last_outcome AS outcome,
    told.days_to_decision,
    meeting.first_told,
    told.calendar_year AS last_told
FROM told
INNER JOIN meeting
    ON meeting.request_id = told.request_id
    AND meeting.received IS NOT DISTINCT FROM told.received
    AND meeting.last_meeting = told.last_meeting
WHERE told.from_last = 1
ORDER BY request_id NULLS LAST, received NULLS LAST, meeting NULLS LAST

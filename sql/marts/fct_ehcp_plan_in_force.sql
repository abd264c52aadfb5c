/*
title = "Plans that a council maintained on census day in January, each with its last annual review"
grain = "one plan in force in the return of one calendar year"
key = ["calendar_year", "active_plan_id"]
reads = ["fct_ehcp_plan", "fct_ehcp_request"]

[columns]
calendar_year = "Calendar year that the return speaks for, 2024 for the return made in January 2025."
census_academic_year = "Academic year in which the census day lies, 2024/25 for January 2025."
year_start = "1 January of the calendar year."
year_end = "31 December of the calendar year."
active_plan_id = "Pseudonym of the plan's record in the return."
request_id = "Pseudonym of the request that it came of."
upn = "Pseudonym of the unique pupil number; NULL where the person has none."
received = "Day on which the request was received; NULL where the request is missing."
issued = "First day of issue that this return or an earlier one has of the plan; NULL where none has it."
moved_from = "Authority that the plan came from in the year, three digits."
is_review_expected = "Whether the plan was in force all through the calendar year, so that a review is expected: issued before 1 January, or in the return of the year before."
last_meeting = "Day of the last meeting of an annual review by the time of the return; NULL where none was held, or the return is older than version 1.2."
is_met_in_year = "Whether that meeting was in the calendar year."
last_decided = "Day on which the authority wrote with its decision upon that meeting; NULL while it has not."
last_outcome = "What was decided: M maintain, A amend, C cease."
days_to_decision = "From that meeting to the decision (days)."
is_decided_in_year = "Whether the decision upon it was told by 31 December."
clock_start = "The day from which twelve months run to that meeting: the meeting that the return of the year before has, else the issue of the plan."
due = "The same day a year later: the last day of the twelve months. NULL while the return has no meeting in the year."
return_has_meetings = "Whether this return gives meetings at all (version 1.2 and later do)."
previous_return_has_meetings = "Whether the return of the year before is here and gives meetings: only then is it known whether a meeting came within twelve months."
_delivery = "The delivery that the plan came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH issue AS (
    -- The first day of issue known by each return: the start of a plan moves when it is amended.
    SELECT
        calendar_year,
        request_id,
        min(issued) OVER (
            PARTITION BY request_id, received
            ORDER BY calendar_year NULLS LAST
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS issued
    FROM mart.fct_ehcp_plan
    WHERE request_id IS NOT NULL
),

plan AS (
    SELECT
        CAST(active.collection_year AS INTEGER) - 1 AS year_number,
        CAST(CAST(active.collection_year AS INTEGER) - 1 AS VARCHAR) AS calendar_year,
        make_date(CAST(active.collection_year AS INTEGER) - 1, 1, 1) AS year_start,
        make_date(CAST(active.collection_year AS INTEGER) - 1, 12, 31) AS year_end,
        active.active_plan_id,
        active.request_id,
        request.upn,
        request.received,
        issue.issued,
        active.transfer_la AS moved_from,
        active.review_meeting AS last_meeting,
        CASE WHEN active.last_review >= active.review_meeting THEN active.last_review END AS last_decided,
        active.review_outcome AS last_outcome,
        active._delivery,
        active._sheet,
        active._row
    FROM conformed.sen2_active_plan AS active
    LEFT JOIN mart.fct_ehcp_request AS request
        ON request.collection_year = active.collection_year
        AND request.request_id = active.request_id
    LEFT JOIN issue
        ON issue.calendar_year = CAST(CAST(active.collection_year AS INTEGER) - 1 AS VARCHAR)
        AND issue.request_id = active.request_id
    WHERE NOT active._superseded
),

return_of_year AS (
    SELECT year_number, count(last_meeting) > 0 AS has_meetings
    FROM plan
    GROUP BY year_number
),

-- The same plan a year before: by the request's number, or by the pupil where numbers are not kept; each time with the
-- day of receipt, so that a number given to another child does not join the two.
matched AS (
    SELECT
        plan.calendar_year,
        plan.active_plan_id,
        earlier.last_meeting AS previous_meeting,
        earlier.issued AS previous_issued,
        row_number() OVER (
            PARTITION BY plan.calendar_year, plan.active_plan_id
            ORDER BY
                CASE WHEN earlier.request_id = plan.request_id THEN 1 ELSE 2 END NULLS LAST,
                earlier.last_meeting DESC NULLS LAST,
                earlier.active_plan_id NULLS LAST
        ) AS choice
    FROM plan
    INNER JOIN plan AS earlier
        ON earlier.year_number = plan.year_number - 1
        AND earlier.received IS NOT DISTINCT FROM plan.received
        AND (
            earlier.request_id = plan.request_id
            OR (earlier.upn = plan.upn AND plan.received IS NOT NULL)
        )
),

dated AS (
    SELECT
        plan.*,
        least(plan.issued, matched.previous_issued) AS first_issued,
        COALESCE(plan.issued < plan.year_start, FALSE) OR matched.active_plan_id IS NOT NULL AS is_review_expected,
        COALESCE(plan.last_meeting BETWEEN plan.year_start AND plan.year_end, FALSE) AS is_met_in_year,
        COALESCE(
            CASE WHEN matched.previous_meeting < plan.last_meeting THEN matched.previous_meeting END,
            least(plan.issued, matched.previous_issued)
        ) AS clock_start
    FROM plan
    LEFT JOIN matched
        ON matched.calendar_year = plan.calendar_year
        AND matched.active_plan_id = plan.active_plan_id
        AND matched.choice = 1
)

SELECT
    dated.calendar_year,
    dated.calendar_year || '/' || right(CAST(dated.year_number + 1 AS VARCHAR), 2) AS census_academic_year,
    dated.year_start,
    dated.year_end,
    dated.active_plan_id,
    dated.request_id,
    dated.upn,
    dated.received,
    dated.first_issued AS issued,
    dated.moved_from,
    dated.is_review_expected,
    dated.last_meeting,
    dated.is_met_in_year,
    dated.last_decided,
    dated.last_outcome,
    dated.last_decided - dated.last_meeting AS days_to_decision,
    COALESCE(dated.last_decided <= dated.year_end, FALSE) AS is_decided_in_year,
    CASE WHEN dated.is_met_in_year THEN dated.clock_start END AS clock_start,
    CASE WHEN dated.is_met_in_year THEN CAST(dated.clock_start + INTERVAL '1' YEAR AS DATE) END AS due,
    return_of_year.has_meetings AS return_has_meetings,
    COALESCE(previous_return.has_meetings, FALSE) AS previous_return_has_meetings,
    dated._delivery,
    dated._sheet,
    dated._row
FROM dated
INNER JOIN return_of_year
    ON return_of_year.year_number = dated.year_number
LEFT JOIN return_of_year AS previous_return
    ON previous_return.year_number = dated.year_number - 1
ORDER BY dated.calendar_year NULLS LAST, dated.active_plan_id NULLS LAST

/*
title = "Plans that a council maintained on census day in January, each with its annual reviews of the year"
grain = "one plan in force in the return of one calendar year"
key = ["calendar_year", "active_plan_id"]
reads = ["dim_ehcp_case", "dim_sen2_return", "fct_annual_review", "fct_ehcp_request"]

[columns]
calendar_year = "Calendar year that the return speaks for, 2024 for the return made in January 2025."
census_academic_year = "Academic year in which the census day lies, 2024/25 for January 2025."
year_start = "1 January of the calendar year."
year_end = "31 December of the calendar year."
active_plan_id = "Pseudonym of the plan's record in the return."
case_id = "The plan's case: see dim_ehcp_case."
request_id = "Pseudonym of the request that it came of."
upn = "Pseudonym of the unique pupil number; NULL where the person has none."
received = "Day on which the request was received; NULL where the request is missing."
issued = "First day of issue that any return has of the plan; NULL where none has it, or only a start that was moved by an amendment."
moved_from = "Authority that the plan came from, three digits."
is_moved_in = "Whether the plan came from another authority in the year: the return says from where, and that of the year before, where it is here, does not have the plan."
is_review_expected = "Whether the plan was in force here all through the calendar year, so that a review is expected: issued on 1 January or before, and not moved in during the year. Where no day of issue is known: in the return of the year before."
is_under_five = "Whether the child was under five on 31 December, by its month of birth; NULL where that is not known."
last_meeting = "Day of the last meeting of an annual review by the time of the return; NULL where none was held, or the return is older than version 1.2."
last_decided = "Day on which the authority wrote with its decision upon that meeting; NULL while it has not."
last_outcome = "What was decided: M maintain, A amend, C cease."
days_to_decision = "From that meeting to the decision (days)."
meetings_in_year = "Meetings in the calendar year that any return tells of (meetings)."
is_met_in_year = "Whether there was one."
is_meeting_hidden = "Whether the returns do not say if there was one: they have none in the year, and the last meeting of this one was held after 31 December, before census day."
is_met_in_time = "Whether a meeting of the year was held within twelve months of the one before, or of the issue; NULL where not known."
is_decided_in_time = "Whether the decision on a meeting of the year was told by 31 December and within these twelve months; NULL where not known."
last_meeting_by_year_end = "Day of the last meeting by 31 December that any return tells of."
return_has_meetings = "Whether this return gives meetings at all (version 1.2 and later do)."
previous_return_has_meetings = "Whether the return of the year before is here and gives meetings."
_delivery = "The delivery that the plan came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH plan AS (
    SELECT
        CAST(active.collection_year AS INTEGER) - 1 AS year_number,
        return_of_year.calendar_year,
        return_of_year.census_academic_year,
        return_of_year.year_start,
        return_of_year.year_end,
        return_of_year.has_meetings,
        return_of_year.has_previous_meetings,
        active.active_plan_id,
        ehcp_case.case_id,
        active.request_id,
        request.upn,
        request.received,
        ehcp_case.issued,
        ehcp_case.decided_before,
        person.date_of_birth,
        active.transfer_la AS moved_from,
        active.review_meeting AS last_meeting,
        CASE WHEN active.last_review >= active.review_meeting THEN active.last_review END AS last_decided,
        active.review_outcome AS last_outcome,
        active._delivery,
        active._sheet,
        active._row
    FROM conformed.sen2_active_plan AS active
    INNER JOIN mart.dim_sen2_return AS return_of_year
        ON return_of_year.collection_year = active.collection_year
    INNER JOIN mart.dim_ehcp_case AS ehcp_case
        ON ehcp_case.calendar_year = return_of_year.calendar_year
        AND ehcp_case.request_id = active.request_id
    LEFT JOIN mart.fct_ehcp_request AS request
        ON request.collection_year = active.collection_year
        AND request.request_id = active.request_id
    LEFT JOIN conformed.sen2_person AS person
        ON person.collection_year = request.collection_year
        AND person.person_id = request.person_id
        AND NOT person._superseded
    WHERE NOT active._superseded
),

known AS (
    SELECT DISTINCT case_id, year_number
    FROM plan
),

dated AS (
    SELECT
        plan.*,
        plan.moved_from IS NOT NULL AND earlier.case_id IS NULL AS is_moved_in,
        CASE
            WHEN plan.issued IS NOT NULL THEN plan.issued <= plan.year_start
            WHEN plan.decided_before IS NOT NULL THEN plan.decided_before <= plan.year_start
            ELSE earlier.case_id IS NOT NULL
        END AS is_in_force_all_year
    FROM plan
    LEFT JOIN known AS earlier
        ON earlier.case_id = plan.case_id
        AND earlier.year_number = plan.year_number - 1
),

reviewed AS (
    SELECT
        plan.calendar_year,
        plan.active_plan_id,
        max(review.meeting) AS last_meeting_by_year_end,
        count(*) FILTER (WHERE review.meeting >= plan.year_start) AS meetings_in_year,
        count(*) FILTER (WHERE review.meeting >= plan.year_start AND review.is_in_time) AS in_time,
        count(*) FILTER (WHERE review.meeting >= plan.year_start AND review.is_in_time IS NULL) AS not_known,
        count(*) FILTER (
            WHERE review.meeting >= plan.year_start
                AND review.decided <= plan.year_end
                AND review.decided <= review.due
        ) AS decided_in_time,
        count(*) FILTER (
            WHERE review.meeting >= plan.year_start
                AND review.decided <= plan.year_end
                AND review.is_in_time IS NULL
        ) AS decision_not_known
    FROM plan
    INNER JOIN mart.fct_annual_review AS review
        ON review.case_id = plan.case_id
        AND review.meeting <= plan.year_end
    GROUP BY plan.calendar_year, plan.active_plan_id
)

SELECT
    dated.calendar_year,
    dated.census_academic_year,
    dated.year_start,
    dated.year_end,
    dated.active_plan_id,
    dated.case_id,
    dated.request_id,
    dated.upn,
    dated.received,
    dated.issued,
    dated.moved_from,
    dated.is_moved_in,
    dated.is_in_force_all_year AND NOT dated.is_moved_in AS is_review_expected,
    dated.date_of_birth + INTERVAL '5' YEAR > dated.year_end AS is_under_five,
    dated.last_meeting,
    dated.last_decided,
    dated.last_outcome,
    days_between(dated.last_meeting, dated.last_decided) AS days_to_decision,
    CAST(COALESCE(reviewed.meetings_in_year, 0) AS BIGINT) AS meetings_in_year,
    COALESCE(reviewed.meetings_in_year, 0) > 0 AS is_met_in_year,
    COALESCE(reviewed.meetings_in_year, 0) = 0 AND COALESCE(dated.last_meeting > dated.year_end, FALSE) AS is_meeting_hidden,
    CASE
        WHEN reviewed.in_time > 0 THEN TRUE
        WHEN reviewed.not_known > 0 THEN NULL
        WHEN COALESCE(reviewed.meetings_in_year, 0) = 0 AND dated.last_meeting > dated.year_end THEN NULL
        ELSE FALSE
    END AS is_met_in_time,
    CASE
        WHEN reviewed.decided_in_time > 0 THEN TRUE
        WHEN reviewed.decision_not_known > 0 THEN NULL
        WHEN COALESCE(reviewed.meetings_in_year, 0) = 0 AND dated.last_meeting > dated.year_end THEN NULL
        ELSE FALSE
    END AS is_decided_in_time,
    reviewed.last_meeting_by_year_end,
    dated.has_meetings AS return_has_meetings,
    dated.has_previous_meetings AS previous_return_has_meetings,
    dated._delivery,
    dated._sheet,
    dated._row
FROM dated
LEFT JOIN reviewed
    ON reviewed.calendar_year = dated.calendar_year
    AND reviewed.active_plan_id = dated.active_plan_id
ORDER BY dated.calendar_year NULLS LAST, dated.active_plan_id NULLS LAST

/*
title = "Requests for an education, health and care needs assessment, each with its assessment, as each year's SEN2 return has them, and the latest list of cases those of the years that no return tells"
grain = "one request in one calendar year: a request that is not over stands in those of several years"
key = ["calendar_year", "request_id"]
reads = ["fct_ehcp_request_told"]

[columns]
calendar_year = "Calendar year that it is told of, 2024 for the return made in January 2025."
told_by = "Who tells the year: return (its SEN2 return), or extract (the latest list of all cases): see dim_ehcp_year."
collection_year = "Year after it, in which the return is made."
year_start = "1 January of the calendar year."
year_end = "31 December of the calendar year."
told_until = "The last day of the year that is told, 31 December of a return: what was told later counts as not yet told."
request_id = "Pseudonym of the request's number. The same in the returns of all years only where the case system keeps its numbers; in XML it is a place in the file."
person_id = "Pseudonym of the person's number, within one return."
upn = "Pseudonym of the unique pupil number, comparable with every collection; NULL where the person has none or the person's record is missing."
received = "Day on which the request was received: the six and the twenty weeks begin."
source = "Who made the request: 1 parent or young person, 2 school or setting, 3 health, 4 social care, 5 other; NULL before the return of 2026."
outcome = "Whether to assess: Y, N, A awaited, W withdrawn, H decided before the year."
outcome_date = "Day on which the requester was told whether there will be an assessment."
days_to_outcome = "From receipt to that day (days)."
has_request_mediation = "Whether there was mediation about the refusal to assess."
has_request_tribunal = "Whether there was an appeal against the refusal to assess."
moved_to = "Authority that the person moved to before the assessment was complete, three digits."
has_assessment = "Whether the return has an assessment for this request."
assessment_outcome = "Whether to issue a plan: Y, N, A awaited, W withdrawn, H decided before the year, S issued after another authority completed the assessment."
assessment_outcome_date = "Day on which the plan was issued, or the person told that there will be none."
days_to_assessment_outcome = "From receipt of the request to that day (days)."
has_assessment_mediation = "Whether there was mediation about the refusal to issue a plan."
has_assessment_tribunal = "Whether there was an appeal against the refusal to issue a plan."
is_excepted = "Whether an exception to the 20 weeks applies."
plan_start = "First start of a plan of this request in the return; NULL where it names none."
stage_at_year_end = "What the request was on that last day, 31 December of a return: awaiting_decision, in_assessment (a plan decided on and not issued included), ended, not_received (received later, or the day is missing), or unknown (an outcome code that no list has)."
days_open_at_year_end = "From receipt to that day, while awaiting_decision or in_assessment (days); NULL otherwise."
closed = "First day on which it was not open any more: that of its withdrawal, refusal or issue; the day of receipt where it is over and no day is told; NULL while it is open."
_delivery = "The delivery that the request came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
SELECT
    calendar_year,
    told_by,
    collection_year,
    year_start,
    year_end,
    told_until,
    request_id,
    person_id,
    upn,
    received,
    source,
    outcome,
    outcome_date,
    days_to_outcome,
    has_request_mediation,
    has_request_tribunal,
    moved_to,
    has_assessment,
    assessment_outcome,
    assessment_outcome_date,
    days_to_assessment_outcome,
    has_assessment_mediation,
    has_assessment_tribunal,
    is_excepted,
    plan_start,
    stage_at_year_end,
    days_open_at_year_end,
    closed,
    _delivery,
    _sheet,
    _row
FROM mart.fct_ehcp_request_told
WHERE speaks
ORDER BY calendar_year NULLS LAST, request_id NULLS LAST

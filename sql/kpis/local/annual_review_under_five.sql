/*
title = "Plans of children under five with a review meeting in the last six months of the year"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one calendar year"
place = "council"
period_rule = "calendar year that the SEN2 return speaks for"
period_kind = "calendar_year"
needs = ["sen2.active_plan", "sen2.person"]
rounding = "decimal_half_up(1)"
source = "SEND code of practice, 2015, 9.178: authorities should consider reviewing a plan of a child under five at least every three to six months; Children and Families Act 2014, section 44"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Plans on census day, issued on 30 June of the year or before, of children who were under five on 31 December by their month of birth; plans moved in during the year are left out.",
  "The code says `should consider`: a lower figure is a question and no breach.",
  "A return has one meeting a plan, the last before its census day: where that was held after 31 December, whether there was one in the half year is not known, and the mark counts such plans.",
  "A child whose date of birth is missing is in neither part.",
]
reads = ["dim_sen2_return", "fct_ehcp_plan_in_force"]

[rows]
every = """
SELECT
    plan.calendar_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, 'total' AS breakdown,
    plan.request_id, plan.issued, plan.last_meeting_by_year_end,
    CASE WHEN plan.last_meeting_by_year_end >= CAST(plan.year_start + INTERVAL '6' MONTH AS DATE) THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator, plan._delivery, plan._sheet, plan._row
FROM mart.fct_ehcp_plan_in_force AS plan
CROSS JOIN mart.dim_council AS council
WHERE plan.is_under_five
    AND plan.issued < CAST(plan.year_start + INTERVAL '6' MONTH AS DATE)
    AND NOT plan.is_moved_in
"""
*/
SELECT
    sen2.calendar_year AS period, -- calendar year of the return
    CASE
        WHEN count(plan.active_plan_id) > 0
            THEN CAST(count(*) FILTER (WHERE plan.last_meeting_by_year_end >= plan.half_year) AS DOUBLE)
    END AS numerator, -- of these, with a meeting from 1 July to 31 December
    CAST(NULLIF(count(plan.active_plan_id), 0) AS DOUBLE) AS denominator, -- plans of children under five, issued before 1 July
    CASE
        WHEN NOT sen2.has_meetings OR sen2.requests = 0 OR sen2.persons = 0 THEN 'unavailable'
        WHEN count(plan.active_plan_id) = 0 THEN 'not_applicable'
    END AS reason, -- no meetings in the return, or no dates of birth that lead to its plans; or no such plan
    CASE
        WHEN sen2.active_plans = 0 OR sen2.requests = 0 THEN 'no source: ' || sen2.absence
        WHEN sen2.persons = 0 THEN
            'no source: of the SEN2 return of ' || sen2.collection_year || ' did not come, or has no record: sen2.person'
        WHEN NOT sen2.has_meetings THEN 'no source: the SEN2 return of ' || sen2.collection_year || ' gives no meetings of reviews'
        WHEN count(*) FILTER (WHERE plan.is_not_known) > 0 THEN
            'partial: of ' || CAST(count(*) FILTER (WHERE plan.is_not_known) AS VARCHAR) || ' of '
            || CAST(count(plan.active_plan_id) AS VARCHAR) || ' plans no return says whether there was a meeting in the half year'
        ELSE 'partial: ' || sen2.absence
    END AS mark
FROM mart.dim_sen2_return AS sen2
LEFT JOIN (
    SELECT
        calendar_year,
        active_plan_id,
        last_meeting_by_year_end,
        CAST(year_start + INTERVAL '6' MONTH AS DATE) AS half_year,
        COALESCE(last_meeting > year_end, FALSE)
        AND COALESCE(last_meeting_by_year_end < CAST(year_start + INTERVAL '6' MONTH AS DATE), TRUE) AS is_not_known
    FROM mart.fct_ehcp_plan_in_force
    WHERE is_under_five
        AND issued < CAST(year_start + INTERVAL '6' MONTH AS DATE)
        AND NOT is_moved_in
) AS plan ON plan.calendar_year = sen2.calendar_year
GROUP BY
    sen2.calendar_year, sen2.collection_year, sen2.persons, sen2.requests, sen2.active_plans, sen2.absence, sen2.has_meetings

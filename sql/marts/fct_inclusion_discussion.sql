/*
title = "Area Inclusion Discussions"
grain = "one child on the agenda of one discussion"
key = ["aid_id"]
reads = ["dim_council", "dim_date", "dim_pupil_upn", "dim_school", "dim_school_series", "fct_suspension"]

[columns]
aid_id = "The row's number in the register (pseudonym)."
pupil = "Pseudonym of the pupil, the same under every number; NULL where the register gives none and nothing else tells."
pupil_by = "What told the pupil: upn, a number that a census has; school_and_day, where the number is missing: the only pupil whose third suspension began at this school on the day of the trigger; school_and_day_not_upn, likewise where a number is there and no census has it, which figures mark; unknown_upn, a number that no census has; NULL where there is no pupil."
area = "Area whose discussion it is."
la_code = "Three-digit authority code of the school, as GIAS has it; where that does not know the school, of the council whose register it is."
urn = "Unique reference number of the child's school."
series_urn = "Unique reference number under which the school's figures stand through the years."
academic_year = "Academic year of the meeting."
meeting_date = "Day of the discussion."
meeting_school_day = "Number of the school day of the meeting: see dim_date."
trigger = "Why the child was put on the agenda: SUSP3, AT_RISK_PEX, PT_TIMETABLE, ATTEND or OTHER."
trigger_date = "Day of what put the child on the agenda."
is_discussed = "False where the child was on the agenda only."
actions = "Actions agreed (number)."
lead_agency = "Agency that leads."
outcome = "What became of it."
_delivery = "The delivery that this row came in: see meta.delivery."
_sheet = "The sheet of the workbook."
_row = "The row of the sheet, 1-based."
*/
WITH only_third AS (
    SELECT series_urn, start_date, min(pupil) AS pupil
    FROM mart.fct_suspension
    WHERE number_in_year = 3
    GROUP BY series_urn, start_date
    HAVING count(DISTINCT pupil) = 1
)

SELECT
    discussion.aid_id,
    COALESCE(dim_pupil_upn.pupil, only_third.pupil, discussion.upn) AS pupil,
    CASE
        WHEN dim_pupil_upn.pupil IS NOT NULL THEN 'upn'
        WHEN only_third.pupil IS NOT NULL AND discussion.upn IS NULL THEN 'school_and_day'
        WHEN only_third.pupil IS NOT NULL THEN 'school_and_day_not_upn'
        WHEN discussion.upn IS NOT NULL THEN 'unknown_upn'
    END AS pupil_by,
    discussion.area,
    COALESCE(school.la_code, council.la_code) AS la_code,
    discussion.urn,
    COALESCE(series.series_urn, discussion.urn) AS series_urn,
    year_label(first_year_of(discussion.meeting_date)) AS academic_year,
    discussion.meeting_date,
    dim_date.school_day_number AS meeting_school_day,
    discussion.trigger,
    discussion.trigger_date,
    discussion.discussed AS is_discussed,
    discussion.actions_n AS actions,
    discussion.lead_agency,
    discussion.outcome,
    discussion._delivery,
    discussion._sheet,
    discussion._row
FROM conformed.inclusion_discussions_aid_register AS discussion
LEFT JOIN mart.dim_pupil_upn ON dim_pupil_upn.upn = discussion.upn
LEFT JOIN mart.dim_date ON dim_date.date = discussion.meeting_date
LEFT JOIN mart.dim_school_series AS series ON series.urn = discussion.urn
LEFT JOIN only_third
    ON only_third.series_urn = COALESCE(series.series_urn, discussion.urn)
    -- Whoever is known by a number is not looked for by school and day; a condition beside the keys would make the join a nested loop.
    AND only_third.start_date = CASE WHEN discussion.trigger = 'SUSP3' AND dim_pupil_upn.pupil IS NULL THEN discussion.trigger_date END
LEFT JOIN mart.dim_school AS school
    ON school.urn = discussion.urn
    AND school.is_current
LEFT JOIN mart.dim_council AS council ON TRUE
WHERE NOT discussion._superseded
ORDER BY discussion.aid_id NULLS LAST

/*
title = "Months until no request or assessment is older than 20 weeks, at the rate of the year"
basis = "local"
area = "ASW1"
unit = "ratio"
unit_words = "months"
polarity = "low"
grain = "one council in one calendar year, from its second year of returns on"
place = "council"
period_rule = "calendar year: the cases of its 31 December, and how many fewer they are than a year before"
period_kind = "calendar_year"
needs = ["sen2.request | ehcp_cases.request | ehcp_cases.case_list", "sen2.assessment | ehcp_cases.assessment | ehcp_cases.case_list"]
rounding = "decimal_half_up(1)"
source = "SEND Regulations 2014, regulation 13(2): twenty weeks to a plan; domain notes 3.2 and 5, row 7. A projection by straight line, and no forecast"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "No value, and the reason not_applicable, where the cases over 20 weeks are not fewer than a year before: at that rate they are never cleared. Where the numerator is 0 too there are none.",
  "The numerator is twelve times the cases over 20 weeks, so that the quotient by the yearly fall is in months.",
  "Net of what became overdue in the year: twice as many decisions can be needed to let the stock fall by one.",
  "A year whose return, or that of the year before, lacks its requests or its assessments has no value, and the mark says what is missing.",
  "While it falls ehcp_20_week falls too, since old cases are being issued: read the two together.",
  "A year that no SEN2 return tells yet is told by the case system's list of all cases, as far as the latest goes, and marked provisional: the return replaces it.",
]
reads = ["dim_ehcp_year", "fct_ehcp_request", "return_stand_in"]

[rows]
none = "it sets the cases late at the end of two years against each other, and a fall has no rows: those of ehcp_backlog beyond 20 weeks, in either year, are the cases"
*/
WITH year AS (
    SELECT
        sen2.calendar_year,
        CASE
            WHEN sen2.requests > 0 AND sen2.assessments > 0 THEN
                count(*) FILTER (WHERE request.days_open_at_year_end > 140)
        END AS overdue,
        CASE WHEN sen2.requests = 0 OR sen2.assessments = 0 THEN sen2.absence END AS absence
    FROM mart.dim_ehcp_year AS sen2
    LEFT JOIN mart.fct_ehcp_request AS request ON request.calendar_year = sen2.calendar_year
    -- A fall is that of a whole year.
    WHERE COALESCE(sen2.told_until, sen2.year_end) = sen2.year_end
    GROUP BY sen2.calendar_year, sen2.requests, sen2.assessments, sen2.absence
),

change AS (
    SELECT
        year.calendar_year,
        year.overdue,
        before.overdue - year.overdue AS fall,
        COALESCE(
            year.absence,
            before.absence,
            CASE WHEN before.calendar_year IS NULL THEN 'the SEN2 return of ' || year.calendar_year || ' did not come' END
        ) AS absence
    FROM year
    LEFT JOIN year AS before ON CAST(before.calendar_year AS INTEGER) + 1 = CAST(year.calendar_year AS INTEGER)
)

SELECT
    change.calendar_year AS period, -- calendar year, as on its 31 December
    CASE WHEN change.absence IS NULL THEN CAST(12 * change.overdue AS DOUBLE) END AS numerator, -- twelve times the cases open for more than 140 days
    CAST(CASE WHEN change.fall > 0 THEN change.fall WHEN change.fall <= 0 THEN 0 END AS DOUBLE) AS denominator, -- how many fewer they are than a year before; 0 where they are not
    CASE WHEN change.absence IS NOT NULL THEN 'unavailable' END AS reason, -- over 0 the engine says not_applicable
    COALESCE('no source: ' || change.absence, stand_in.mark) AS mark
FROM change
LEFT JOIN mart.return_stand_in AS stand_in
    ON stand_in.need = 'ehcp_cases.request'
    AND stand_in.period_kind = 'calendar_year'
    AND stand_in.period = change.calendar_year

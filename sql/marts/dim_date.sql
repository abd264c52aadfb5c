/*
title = "Days with academic year, term and school days"
grain = "one day"
key = ["date"]

[columns]
date = "The day."
academic_year = "Academic year, 1 September to 31 August."
term = "Term of the academic year, without gaps: autumn to 31 December, spring to Easter Sunday, summer from Easter Monday. The terms of suspensions are in dim_term: theirs begins on 1 August."
term_number = "Position of the term in time: academic year × 3 + 0 autumn, 1 spring, 2 summer. A census has the number of the term that it is taken in."
calendar_year = "Calendar year."
is_school_day = "Whether schools of the authority are open to pupils, by config/calendar.csv."
school_day_number = "School days up to and with this one, since the calendar begins: the difference of two days is the school days between them."
_delivery = "The delivery that this row came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The line of the file, 1-based."
*/
SELECT
    date,
    academic_year,
    term,
    census_number(academic_year, term) AS term_number,
    CAST(EXTRACT(year FROM date) AS BIGINT) AS calendar_year,
    is_school_day,
    CAST(sum(CASE WHEN is_school_day THEN 1 ELSE 0 END) OVER (
        ORDER BY date NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS BIGINT) AS school_day_number,
    _delivery,
    _sheet,
    _row
FROM conformed.calendar_school_day
WHERE NOT _superseded
ORDER BY date NULLS LAST

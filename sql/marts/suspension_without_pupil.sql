/*
title = "Suspensions and permanent exclusions of a census that lead to no pupil of it: nobody can say whose they are"
grain = "one suspension or exclusion of one school census"
key = ["academic_year", "term", "native_id", "roll", "suspension_id", "source_id"]
reads = ["dim_pupil_record", "dim_term", "fct_census_school"]

[columns]
academic_year = "Academic year of the census that tells it."
term = "Term of that census."
native_id = "The school's number in COLLECT, within this census."
roll = "on: of pupils on roll; off: of pupils no longer on roll."
suspension_id = "Row of the exclusions table in COLLECT. Means nothing outside its delivery set."
source_id = "The source record (pseudonym)."
series_urn = "Unique reference number under which the school's figures stand; NULL where the head is missing."
la_code = "Three-digit authority code."
phase = "Phase that the school counts under."
is_in_totals = "Whether figures of an authority count the school: see dim_school."
start_date = "First day of the suspension, or day of the permanent exclusion."
event_year = "Academic year in which it would count."
_delivery = "The delivery that this row came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH event AS (
    SELECT
        academic_year, term, native_id, 'on' AS roll, suspension_id, pupil_on_roll_id AS record_id, source_id, start_date,
        _delivery, _sheet, _row
    FROM conformed.school_census_suspension_on_roll
    WHERE NOT _superseded
    UNION ALL
    SELECT
        academic_year, term, native_id, 'off' AS roll, suspension_id, pupil_no_longer_on_roll_id AS record_id, source_id, start_date,
        _delivery, _sheet, _row
    FROM conformed.school_census_suspension_off_roll
    WHERE NOT _superseded
)

SELECT
    event.academic_year,
    event.term,
    event.native_id,
    event.roll,
    event.suspension_id,
    event.source_id,
    school.series_urn,
    school.la_code,
    school.phase,
    COALESCE(school.is_in_totals, FALSE) AS is_in_totals,
    event.start_date,
    dim_term.academic_year AS event_year,
    event._delivery,
    event._sheet,
    event._row
FROM event
LEFT JOIN mart.dim_term
    ON event.start_date BETWEEN dim_term.first_day AND dim_term.last_day
LEFT JOIN mart.fct_census_school AS school
    ON school.academic_year = event.academic_year
    AND school.term = event.term
    AND school.native_id = event.native_id
WHERE NOT EXISTS (
    SELECT 1
    FROM mart.dim_pupil_record AS pupil
    WHERE pupil.academic_year = event.academic_year
        AND pupil.term = event.term
        AND pupil.native_id = event.native_id
        AND pupil.roll = event.roll
        AND pupil.record_id = event.record_id
        AND pupil.source_id = event.source_id
)
ORDER BY
    event.academic_year NULLS LAST,
    event.term NULLS LAST,
    event.native_id NULLS LAST,
    event.roll NULLS LAST,
    event.suspension_id NULLS LAST,
    event.source_id NULLS LAST

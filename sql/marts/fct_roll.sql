/*
title = "Pupils on roll in each school census"
grain = "one pupil on the roll of one school in one school census"
key = ["academic_year", "term", "native_id", "record"]
reads = ["dim_pupil_record", "fct_census_school"]

[columns]
academic_year = "Academic year of the census, such as 2024/25."
term = "Term of the census: autumn, spring or summer."
census = "Position of the census in time: academic year × 3 + 0 autumn, 1 spring, 2 summer."
native_id = "The school's number in COLLECT, within this census."
record = "The pupil's record within the return (pseudonym); it means nothing outside this census."
pupil = "Pseudonym of the pupil, the same under every number that the pupil has had: see dim_pupil_record for one without."
urn = "Unique reference number of the school."
series_urn = "Unique reference number under which the school's figures stand through the years."
la_code = "Three-digit authority code."
phase = "Phase that the school counts under."
is_in_totals = "Whether figures of an authority count the school: see dim_school."
enrolment_status = "C current, M dual main, S dual subsidiary, F further education, O other."
is_headcount = "True for enrolments that rates are over: current and dual main."
year_group = "National curriculum year that the pupil is taught in."
sex = "M or F."
birth_month = "First day of the month of birth."
age = "Age in years on the 31 August before the academic year."
entry_date = "Day on which the pupil entered the school."
sen_provision = "N none, K SEN support, E plan; codes that were withdrawn as sent."
primary_need = "Primary type of need, of pupils with SEN support or a plan; the spring census alone has it."
_delivery = "The delivery that this row came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH need AS (
    SELECT academic_year, term, native_id, pupil_on_roll_id, source_id, min(sen_type) AS primary_need
    FROM conformed.school_census_sen_need
    WHERE NOT _superseded
        AND need_rank = 1
    GROUP BY academic_year, term, native_id, pupil_on_roll_id, source_id
)

SELECT
    roll.academic_year,
    roll.term,
    school.census,
    roll.native_id,
    roll.pupil_on_roll_id || ' ' || roll.source_id AS record,
    pupil_record.pupil,
    school.urn,
    school.series_urn,
    school.la_code,
    school.phase,
    COALESCE(school.is_in_totals, FALSE) AS is_in_totals,
    roll.enrolment_status,
    roll.enrolment_status IN ('C', 'M') AS is_headcount,
    roll.year_group,
    roll.sex,
    roll.date_of_birth AS birth_month,
    first_year_in(roll.academic_year) - CAST(EXTRACT(year FROM roll.date_of_birth) AS BIGINT)
        - CASE WHEN EXTRACT(month FROM roll.date_of_birth) > 8 THEN 1 ELSE 0 END AS age,
    roll.entry_date,
    roll.sen_provision,
    CASE WHEN roll.sen_provision <> 'N' THEN need.primary_need END AS primary_need,
    roll._delivery,
    roll._sheet,
    roll._row
FROM conformed.school_census_pupil_on_roll AS roll
LEFT JOIN mart.fct_census_school AS school
    ON school.academic_year = roll.academic_year
    AND school.term = roll.term
    AND school.native_id = roll.native_id
LEFT JOIN mart.dim_pupil_record AS pupil_record
    ON pupil_record.academic_year = roll.academic_year
    AND pupil_record.term = roll.term
    AND pupil_record.native_id = roll.native_id
    AND pupil_record.roll = 'on'
    AND pupil_record.record_id = roll.pupil_on_roll_id
    AND pupil_record.source_id = roll.source_id
LEFT JOIN need
    ON need.academic_year = roll.academic_year
    AND need.term = roll.term
    AND need.native_id = roll.native_id
    AND need.pupil_on_roll_id = roll.pupil_on_roll_id
    AND need.source_id = roll.source_id
WHERE NOT roll._superseded
ORDER BY roll.academic_year NULLS LAST, roll.term NULLS LAST, roll.native_id NULLS LAST, record NULLS LAST

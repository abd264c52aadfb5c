/*
title = "Suspensions and permanent exclusions as each school census reports them"
grain = "one suspension, lunchtime suspension or permanent exclusion as one school census reports it"
key = ["pupil", "series_urn", "start_date", "category", "census"]
reads = ["dim_pupil_record", "dim_term", "fct_census_school"]

[columns]
pupil = "Pseudonym of the pupil, the same under every number that the pupil has had."
series_urn = "Unique reference number under which the school's figures stand through the years."
start_date = "First day of the suspension, or day of the permanent exclusion."
category = "SUSP suspension, LNCH lunchtime suspension, PERM permanent exclusion."
census = "Position of the reporting census in time: academic year × 3 + 0 autumn, 1 spring, 2 summer."
census_year = "Academic year of the reporting census."
census_term = "Term of the reporting census."
academic_year = "Academic year in which it counts: one that begins in August belongs to the year that begins (see dim_term)."
event_term = "Position of the term in which it began, counted like a census: see dim_term."
urn = "Unique reference number of the school as the return says it."
la_code = "Three-digit authority code."
phase = "Phase that the school counts under."
is_in_totals = "Whether figures of an authority count the school: see dim_school."
sessions = "Half days that the pupil was due in and missed (number)."
reason_1 = "Main reason."
reason_2 = "Second reason."
reason_3 = "Third reason."
sen_provision = "N none, K SEN support, E plan, at the time."
is_off_roll = "True when the return lists the pupil as no longer on roll."
_delivery = "The delivery that this row came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH told AS (
    SELECT
        academic_year AS census_year,
        term AS census_term,
        native_id,
        'on' AS roll,
        pupil_on_roll_id AS record_id,
        source_id,
        start_date,
        sessions,
        reason_1,
        reason_2,
        reason_3,
        category,
        sen_provision,
        _delivery,
        _sheet,
        _row
    FROM conformed.school_census_suspension_on_roll
    WHERE NOT _superseded
    UNION ALL
    SELECT
        academic_year AS census_year,
        term AS census_term,
        native_id,
        'off' AS roll,
        pupil_no_longer_on_roll_id AS record_id,
        source_id,
        start_date,
        sessions,
        reason_1,
        reason_2,
        reason_3,
        category,
        sen_provision,
        _delivery,
        _sheet,
        _row
    FROM conformed.school_census_suspension_off_roll
    WHERE NOT _superseded
),

-- Within a return by the return's own row ids, so that a pupil without a number is not lost.
placed AS (
    SELECT
        pupil_record.pupil,
        COALESCE(pupil_record.series_urn, told.native_id) AS series_urn,
        pupil_record.census,
        school.urn,
        school.la_code,
        school.phase,
        COALESCE(school.is_in_totals, FALSE) AS is_in_totals,
        told.*,
        told.roll = 'off' AS is_off_roll,
        dim_term.term_number AS event_term,
        dim_term.academic_year
    FROM told
    INNER JOIN mart.dim_pupil_record AS pupil_record
        ON pupil_record.academic_year = told.census_year
        AND pupil_record.term = told.census_term
        AND pupil_record.native_id = told.native_id
        AND pupil_record.roll = told.roll
        AND pupil_record.record_id = told.record_id
        AND pupil_record.source_id = told.source_id
    LEFT JOIN mart.fct_census_school AS school
        ON school.academic_year = told.census_year
        AND school.term = told.census_term
        AND school.native_id = told.native_id
    INNER JOIN mart.dim_term
        ON told.start_date BETWEEN dim_term.first_day AND dim_term.last_day
),

ranked AS (
    -- On roll comes before off roll: a pupil who left and came back is listed on both sides.
    SELECT
        placed.*,
        row_number() OVER (
            PARTITION BY pupil, series_urn, start_date, category, census
            ORDER BY is_off_roll NULLS LAST, _delivery NULLS LAST, _row NULLS LAST
        ) AS choice
    FROM placed
)

SELECT
    pupil,
    series_urn,
    start_date,
    category,
    census,
    census_year,
    census_term,
    academic_year,
    event_term,
    urn,
    la_code,
    phase,
    is_in_totals,
    sessions,
    reason_1,
    reason_2,
    reason_3,
    sen_provision,
    is_off_roll,
    _delivery,
    _sheet,
    _row
FROM ranked
WHERE choice = 1
ORDER BY pupil NULLS LAST, series_urn NULLS LAST, start_date NULLS LAST, category NULLS LAST, census NULLS LAST

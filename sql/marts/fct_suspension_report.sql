/*
title = "Suspensions and permanent exclusions as each school census reports them"
grain = "one suspension, lunchtime suspension or permanent exclusion as one school census reports it"
key = ["pupil", "series_urn", "start_date", "category", "census"]
reads = ["dim_date", "dim_pupil_upn", "fct_census_school"]

[columns]
pupil = "Pseudonym of the pupil, the same under every number that the pupil has had."
series_urn = "Unique reference number under which the school's figures stand through the years."
start_date = "First day of the suspension, or day of the permanent exclusion."
category = "SUSP suspension, LNCH lunchtime suspension, PERM permanent exclusion."
census = "Position of the reporting census in time: academic year × 3 + 0 autumn, 1 spring, 2 summer."
census_year = "Academic year of the reporting census."
census_term = "Term of the reporting census."
academic_year = "Academic year in which it began."
event_term = "Position of the term in which it began, counted like a census: see dim_date. Without a calendar of that day January to March are spring and April to August summer."
urn = "Unique reference number of the school as the return says it."
la_code = "Three-digit authority code."
phase = "Phase of the school."
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
        pupil.upn,
        event.academic_year AS census_year,
        event.term AS census_term,
        event.native_id,
        event.start_date,
        event.sessions,
        event.reason_1,
        event.reason_2,
        event.reason_3,
        event.category,
        event.sen_provision,
        FALSE AS is_off_roll,
        event._delivery,
        event._sheet,
        event._row
    FROM conformed.school_census_suspension_on_roll AS event
    INNER JOIN conformed.school_census_pupil_on_roll AS pupil
        ON pupil.academic_year = event.academic_year
        AND pupil.term = event.term
        AND pupil.native_id = event.native_id
        AND pupil.pupil_on_roll_id = event.pupil_on_roll_id
        AND pupil.source_id = event.source_id
        AND NOT pupil._superseded
    WHERE NOT event._superseded

    UNION ALL

    SELECT
        pupil.upn,
        event.academic_year AS census_year,
        event.term AS census_term,
        event.native_id,
        event.start_date,
        event.sessions,
        event.reason_1,
        event.reason_2,
        event.reason_3,
        event.category,
        event.sen_provision,
        TRUE AS is_off_roll,
        event._delivery,
        event._sheet,
        event._row
    FROM conformed.school_census_suspension_off_roll AS event
    INNER JOIN conformed.school_census_pupil_no_longer_on_roll AS pupil
        ON pupil.academic_year = event.academic_year
        AND pupil.term = event.term
        AND pupil.native_id = event.native_id
        AND pupil.pupil_no_longer_on_roll_id = event.pupil_no_longer_on_roll_id
        AND pupil.source_id = event.source_id
        AND NOT pupil._superseded
    WHERE NOT event._superseded
),

placed AS (
    SELECT
        COALESCE(dim_pupil_upn.pupil, told.upn) AS pupil,
        COALESCE(school.series_urn, told.native_id) AS series_urn,
        school.census,
        school.urn,
        school.la_code,
        school.phase,
        told.*,
        dim_date.term_number,
        CASE WHEN EXTRACT(month FROM told.start_date) >= 9 THEN 0 ELSE 1 END AS year_back
    FROM told
    LEFT JOIN mart.fct_census_school AS school
        ON school.academic_year = told.census_year
        AND school.term = told.census_term
        AND school.native_id = told.native_id
    LEFT JOIN mart.dim_pupil_upn ON dim_pupil_upn.upn = told.upn
    LEFT JOIN mart.dim_date ON dim_date.date = told.start_date
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
    CAST(CAST(EXTRACT(year FROM start_date) AS BIGINT) - year_back AS VARCHAR) || '/'
        || right(CAST(CAST(EXTRACT(year FROM start_date) AS BIGINT) - year_back + 1 AS VARCHAR), 2) AS academic_year,
    COALESCE(
        term_number,
        (CAST(EXTRACT(year FROM start_date) AS BIGINT) - year_back) * 3
            + CASE WHEN year_back = 0 THEN 0 WHEN EXTRACT(month FROM start_date) <= 3 THEN 1 ELSE 2 END
    ) AS event_term,
    urn,
    la_code,
    phase,
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

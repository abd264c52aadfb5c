/*
title = "Schools in each school census"
grain = "one school in one school census"
key = ["academic_year", "term", "native_id"]
reads = ["dim_council", "dim_school", "dim_school_series"]

[columns]
academic_year = "Academic year of the census, such as 2024/25."
term = "Term of the census: autumn, spring or summer."
census = "Position of the census in time: academic year × 3 + 0 autumn, 1 spring, 2 summer."
native_id = "The school's number in COLLECT, within this census."
reference_date = "Census day; NULL where the head of the return is missing."
urn = "Unique reference number of the school as the return says it; where it is blank, that of the school with its LAESTAB."
series_urn = "Unique reference number under which the school's figures stand through the years: see dim_school_series. The LAESTAB where the school has no number and GIAS does not know it."
la_code = "Three-digit authority code."
laestab = "Authority and establishment number, seven digits."
phase = "Phase that it counts under: primary, secondary, special, pru, nursery or other. As dim_school has it, else as the census says: all-through schools are secondary, middle schools what they are deemed."
is_in_totals = "Whether figures of an authority count it: state-funded primary, secondary and special schools. See dim_school."
name = "Name of the school as the return says it."
found_by = "How the school was found: urn, laestab (blank number), native_id (the head is missing and the school's number in COLLECT is its LAESTAB), or nothing."
_delivery = "The delivery that the head came in, or where that is missing the first pupil of the school: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH head AS (
    SELECT
        head.*,
        row_number() OVER (
            PARTITION BY academic_year, term, native_id
            ORDER BY _received_at DESC NULLS LAST, _delivery NULLS LAST, _row NULLS LAST
        ) AS choice
    FROM conformed.school_census_census_return AS head
    WHERE NOT _superseded
),

about AS (
    SELECT
        academic_year,
        term,
        native_id,
        phase,
        school_name,
        row_number() OVER (
            PARTITION BY academic_year, term, native_id
            ORDER BY _received_at DESC NULLS LAST, _delivery NULLS LAST, _row NULLS LAST
        ) AS choice
    FROM conformed.school_census_census_school
    WHERE NOT _superseded
),

-- Schools of which there are pupils and no head: a table of the set did not come, or came without them.
headless AS (
    SELECT
        pupil.*,
        row_number() OVER (
            PARTITION BY academic_year, term, native_id
            ORDER BY _delivery NULLS LAST, _sheet NULLS LAST, _row NULLS LAST
        ) AS choice
    FROM (
        SELECT academic_year, term, native_id, _delivery, _sheet, _row
        FROM conformed.school_census_pupil_on_roll
        WHERE NOT _superseded
        UNION ALL
        SELECT academic_year, term, native_id, _delivery, _sheet, _row
        FROM conformed.school_census_pupil_no_longer_on_roll
        WHERE NOT _superseded
    ) AS pupil
    WHERE NOT EXISTS (
        SELECT 1
        FROM head
        WHERE head.academic_year = pupil.academic_year
            AND head.term = pupil.term
            AND head.native_id = pupil.native_id
    )
),

told AS (
    SELECT
        academic_year,
        term,
        native_id,
        reference_date,
        urn,
        la_code,
        la_code || lpad(estab, 4, '0') AS laestab,
        FALSE AS is_headless,
        _delivery,
        _sheet,
        _row
    FROM head
    WHERE choice = 1
    UNION ALL
    SELECT
        headless.academic_year,
        headless.term,
        headless.native_id,
        CAST(NULL AS DATE),
        CAST(NULL AS VARCHAR),
        CAST(NULL AS VARCHAR),
        -- Where COLLECT numbers schools by LAESTAB, the number says which it is.
        CASE
            WHEN length(headless.native_id) = 7
                AND TRY_CAST(headless.native_id AS BIGINT) BETWEEN 2000000 AND 9999999
                AND (
                    left(headless.native_id, 3) = council.la_code
                    OR headless.native_id IN (SELECT laestab FROM mart.dim_school WHERE laestab IS NOT NULL)
                )
                THEN headless.native_id
        END,
        TRUE,
        headless._delivery,
        headless._sheet,
        headless._row
    FROM headless
    LEFT JOIN mart.dim_council AS council ON TRUE
    WHERE headless.choice = 1
),

-- A school and its successor may share a LAESTAB: the one that was open on census day, else the later.
by_laestab AS (
    SELECT
        told.academic_year,
        told.term,
        told.native_id,
        school.urn,
        row_number() OVER (
            PARTITION BY told.academic_year, told.term, told.native_id
            ORDER BY
                CASE
                    WHEN school.open_date > told.reference_date OR school.close_date < told.reference_date THEN 1
                    ELSE 0
                END NULLS LAST,
                school.open_date DESC NULLS LAST,
                school.urn DESC NULLS LAST
        ) AS choice
    FROM told
    INNER JOIN mart.dim_school AS school
        ON school.laestab = told.laestab
        AND school.is_current
    WHERE told.urn IS NULL
),

placed AS (
    SELECT
        told.*,
        COALESCE(told.urn, by_laestab.urn) AS found_urn,
        COALESCE(told.la_code, left(told.laestab, 3), council.la_code) AS found_la_code,
        CASE
            WHEN told.urn IS NOT NULL THEN 'urn'
            WHEN told.laestab IS NULL THEN 'nothing'
            WHEN told.is_headless THEN 'native_id'
            ELSE 'laestab'
        END AS found_by
    FROM told
    LEFT JOIN by_laestab
        ON by_laestab.academic_year = told.academic_year
        AND by_laestab.term = told.term
        AND by_laestab.native_id = told.native_id
        AND by_laestab.choice = 1
    LEFT JOIN mart.dim_council AS council ON TRUE
),

phased AS (
    SELECT
        placed.*,
        about.school_name,
        COALESCE(
            school.counts_as,
            CASE about.phase
                WHEN 'NS' THEN 'nursery'
                WHEN 'EY' THEN 'nursery'
                WHEN 'PS' THEN 'primary'
                WHEN 'MP' THEN 'primary'
                WHEN 'MS' THEN 'secondary'
                WHEN 'SS' THEN 'secondary'
                WHEN 'AT' THEN 'secondary'
                WHEN 'SP' THEN 'special'
                WHEN 'PR' THEN 'pru'
            END,
            'other'
        ) AS phase
    FROM placed
    LEFT JOIN about
        ON about.academic_year = placed.academic_year
        AND about.term = placed.term
        AND about.native_id = placed.native_id
        AND about.choice = 1
    LEFT JOIN mart.dim_school AS school
        ON school.urn = placed.found_urn
        AND school.is_current
)

SELECT
    phased.academic_year,
    phased.term,
    census_number(phased.academic_year, phased.term) AS census,
    phased.native_id,
    phased.reference_date,
    phased.found_urn AS urn,
    COALESCE(series.series_urn, phased.found_urn, phased.laestab) AS series_urn,
    phased.found_la_code AS la_code,
    phased.laestab,
    phased.phase,
    phased.phase IN ('primary', 'secondary', 'special') AS is_in_totals,
    phased.school_name AS name,
    phased.found_by,
    phased._delivery,
    phased._sheet,
    phased._row
FROM phased
LEFT JOIN mart.dim_school_series AS series ON series.urn = phased.found_urn
ORDER BY phased.academic_year NULLS LAST, phased.term NULLS LAST, phased.native_id NULLS LAST

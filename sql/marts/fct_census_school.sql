/*
title = "Schools in each school census"
grain = "one school in one school census"
key = ["academic_year", "term", "native_id"]
reads = ["dim_school_series"]

[columns]
academic_year = "Academic year of the census, such as 2024/25."
term = "Term of the census: autumn, spring or summer."
census = "Position of the census in time: academic year × 3 + 0 autumn, 1 spring, 2 summer."
native_id = "The school's number in COLLECT, within this census."
reference_date = "Census day."
urn = "Unique reference number of the school as the return says it."
series_urn = "Unique reference number under which the school's figures stand through the years: see dim_school_series."
la_code = "Three-digit authority code."
laestab = "Authority and establishment number, seven digits."
phase = "primary, secondary, special, pru, nursery, all_through or other, as the census says."
name = "Name of the school as the return says it."
_delivery = "The delivery that this row came in: see meta.delivery."
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
)

SELECT
    head.academic_year,
    head.term,
    CAST(left(head.academic_year, 4) AS BIGINT) * 3 + CASE head.term WHEN 'autumn' THEN 0 WHEN 'spring' THEN 1 ELSE 2 END AS census,
    head.native_id,
    head.reference_date,
    head.urn,
    COALESCE(dim_school_series.series_urn, head.urn) AS series_urn,
    head.la_code,
    head.la_code || head.estab AS laestab,
    CASE about.phase
        WHEN 'NS' THEN 'nursery'
        WHEN 'PS' THEN 'primary'
        WHEN 'MP' THEN 'primary'
        WHEN 'MS' THEN 'secondary'
        WHEN 'SS' THEN 'secondary'
        WHEN 'SP' THEN 'special'
        WHEN 'PR' THEN 'pru'
        WHEN 'AT' THEN 'all_through'
        ELSE 'other'
    END AS phase,
    about.school_name AS name,
    head._delivery,
    head._sheet,
    head._row
FROM head
LEFT JOIN about
    ON about.academic_year = head.academic_year
    AND about.term = head.term
    AND about.native_id = head.native_id
    AND about.choice = 1
LEFT JOIN mart.dim_school_series ON dim_school_series.urn = head.urn
WHERE head.choice = 1
ORDER BY head.academic_year NULLS LAST, head.term NULLS LAST, head.native_id NULLS LAST

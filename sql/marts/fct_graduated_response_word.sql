/*
title = "What each school said last of the Graduated Response Tool in each academic year, and who said nothing"
grain = "one school that returned something, or stands in the January census, in one academic year"
key = ["academic_year", "series_urn"]
reads = ["fct_census_school", "fct_graduated_response_return"]

[columns]
academic_year = "Academic year, such as 2024/25."
series_urn = "Unique reference number under which the school's figures stand through the years."
urn = "Unique reference number of the school as its last return says it, or the census where it returned nothing."
has_returned = "Whether it returned anything in the year."
term = "Term of its last return: autumn, spring or summer; NULL where it returned nothing."
embed_level = "How far the tool is embedded, by that return: 0 unaware, 1 aware, 2 used for some, 3 in the whole school."
is_senco_trained = "Whether the SENCO has had the training, by that return."
_delivery = "The delivery of that return, or of the school's row in the January census: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH told AS (
    SELECT
        academic_year,
        series_urn,
        urn,
        TRUE AS has_returned,
        term,
        CASE term WHEN 'summer' THEN 3 WHEN 'spring' THEN 2 ELSE 1 END AS rank,
        embed_level,
        is_senco_trained,
        _delivery,
        _sheet,
        _row
    FROM mart.fct_graduated_response_return
    UNION ALL
    SELECT
        academic_year,
        series_urn,
        urn,
        FALSE,
        CAST(NULL AS VARCHAR),
        0,
        CAST(NULL AS INTEGER),
        CAST(NULL AS BOOLEAN),
        _delivery,
        _sheet,
        _row
    FROM mart.fct_census_school
    WHERE term = 'spring'
        AND series_urn IS NOT NULL
),

ranked AS (
    SELECT
        told.*,
        row_number() OVER (
            PARTITION BY academic_year, series_urn
            ORDER BY rank DESC NULLS LAST, urn DESC NULLS LAST, _delivery NULLS LAST, _sheet NULLS LAST, _row NULLS LAST
        ) AS choice
    FROM told
)

SELECT
    academic_year,
    series_urn,
    urn,
    has_returned,
    term,
    embed_level,
    is_senco_trained,
    _delivery,
    _sheet,
    _row
FROM ranked
WHERE choice = 1
ORDER BY academic_year NULLS LAST, series_urn NULLS LAST

/*
title = "The ten authorities that are most like an authority"
grain = "one neighbour of one authority, as the latest list has it"
key = ["la_code", "neighbour_rank"]
reads = ["statistical_neighbours"]

[columns]
la_code = "Three-digit code of the authority, 933 for Somerset."
la_name = "Its name."
neighbour_rank = "1 for the most like it, 10 for the least of the ten (rank)."
neighbour_la_code = "Three-digit code of the neighbour."
neighbour_name = "Its name, as the same list has it; NULL where the list has no row for it."
closeness = "How like it the neighbour is, as published: Extremely close, Very close, Close, Somewhat close, Not close."
is_mutual = "True when the authority is also one of the neighbour's ten."
_delivery = "The delivery that this row came in: see meta.delivery."
_sheet = "The sheet of the workbook."
_row = "The row of the sheet, 1-based."
*/
WITH neighbour AS (
    SELECT la_code, la_name, neighbour_rank, neighbour_la_code, closeness, _delivery, _sheet, _row
    FROM mart.statistical_neighbours
    WHERE NOT _superseded
),

listed AS (
    SELECT
        la_code,
        min(la_name) AS la_name
    FROM neighbour
    GROUP BY la_code
)

SELECT
    neighbour.la_code,
    neighbour.la_name,
    neighbour.neighbour_rank,
    neighbour.neighbour_la_code,
    listed.la_name AS neighbour_name,
    neighbour.closeness,
    EXISTS (
        SELECT 1
        FROM neighbour AS back
        WHERE back.la_code = neighbour.neighbour_la_code
            AND back.neighbour_la_code = neighbour.la_code
    ) AS is_mutual,
    neighbour._delivery,
    neighbour._sheet,
    neighbour._row
FROM neighbour
LEFT JOIN listed
    ON listed.la_code = neighbour.neighbour_la_code
ORDER BY neighbour.la_code NULLS LAST, neighbour.neighbour_rank NULLS LAST

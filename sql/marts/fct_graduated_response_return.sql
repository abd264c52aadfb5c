/*
title = "What schools say of their use of the Graduated Response Tool each term"
grain = "one school in one term"
key = ["urn", "calendar_year", "term"]
reads = ["dim_school_series"]

[columns]
urn = "Unique reference number of the school as the return says it."
series_urn = "Unique reference number under which the school's figures stand through the years: see dim_school_series."
calendar_year = "Calendar year of the term."
term = "autumn, spring or summer."
academic_year = "Academic year of the term, such as 2024/25."
embed_level = "How far the tool is embedded, as the school sees it: 0 unaware, 1 aware, 2 used for some, 3 in the whole school."
is_senco_trained = "Whether the SENCO has had the training."
staff_trained = "Staff trained so far (persons)."
pupils_with_plan = "Pupils with a plan of the tool opened in the term (pupils)."
requests_with_evidence = "Requests for an assessment made with evidence of the tool in the term (requests)."
requests = "Requests for an assessment made in the term (requests)."
returned_on = "Day on which the school returned this."
is_nil_return = "Whether the school says that there is nothing to return: a school without a row has said nothing."
_delivery = "The delivery that this row came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH said AS (
    SELECT
        said.*,
        CAST(left(said.term, 4) AS BIGINT) AS calendar_year,
        trim(substring(said.term FROM 5)) AS term_word
    FROM conformed.graduated_response_grt_school_return AS said
    WHERE NOT _superseded
),

dated AS (
    SELECT said.*, calendar_year - CASE term_word WHEN 'autumn' THEN 0 ELSE 1 END AS first_year
    FROM said
)

SELECT
    dated.urn,
    COALESCE(series.series_urn, dated.urn) AS series_urn,
    CAST(dated.calendar_year AS VARCHAR) AS calendar_year,
    dated.term_word AS term,
    year_label(dated.first_year) AS academic_year,
    CAST(dated.embed_level AS INTEGER) AS embed_level,
    dated.senco_trained AS is_senco_trained,
    dated.staff_trained_n AS staff_trained,
    dated.pupils_with_plan_n AS pupils_with_plan,
    dated.ehcna_with_grt_n AS requests_with_evidence,
    dated.ehcna_n AS requests,
    dated.returned_date AS returned_on,
    dated.nil_return AS is_nil_return,
    dated._delivery,
    dated._sheet,
    dated._row
FROM dated
LEFT JOIN mart.dim_school_series AS series
    ON series.urn = dated.urn
ORDER BY dated.urn NULLS LAST, calendar_year NULLS LAST, term NULLS LAST

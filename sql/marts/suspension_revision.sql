/*
title = "What the later return says otherwise of a suspension"
grain = "one value of one suspension that changed from one census to the next"
key = ["pupil", "series_urn", "start_date", "category", "census", "what"]
reads = ["fct_suspension_report"]

[columns]
pupil = "Pseudonym of the pupil."
series_urn = "Unique reference number under which the school's figures stand through the years."
start_date = "First day of the suspension, or day of the permanent exclusion."
category = "SUSP suspension, LNCH lunchtime suspension, PERM permanent exclusion."
census = "Position of the later census: academic year × 3 + 0 autumn, 1 spring, 2 summer."
what = "What changed: sessions, reason_1, reason_2, reason_3 or sen_provision."
before = "The value in the earlier census."
after = "The value in the later census, which stands."
_delivery = "The delivery of the later report: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH value AS (
    SELECT pupil, series_urn, start_date, category, census, 'sessions' AS what, CAST(sessions AS VARCHAR) AS said, _delivery, _sheet, _row
    FROM mart.fct_suspension_report
    UNION ALL
    SELECT pupil, series_urn, start_date, category, census, 'reason_1' AS what, reason_1 AS said, _delivery, _sheet, _row
    FROM mart.fct_suspension_report
    UNION ALL
    SELECT pupil, series_urn, start_date, category, census, 'reason_2' AS what, reason_2 AS said, _delivery, _sheet, _row
    FROM mart.fct_suspension_report
    UNION ALL
    SELECT pupil, series_urn, start_date, category, census, 'reason_3' AS what, reason_3 AS said, _delivery, _sheet, _row
    FROM mart.fct_suspension_report
    UNION ALL
    SELECT pupil, series_urn, start_date, category, census, 'sen_provision' AS what, sen_provision AS said, _delivery, _sheet, _row
    FROM mart.fct_suspension_report
),

compared AS (
    SELECT
        value.*,
        lag(said) OVER (PARTITION BY pupil, series_urn, start_date, category, what ORDER BY census NULLS LAST) AS said_before,
        lag(census) OVER (PARTITION BY pupil, series_urn, start_date, category, what ORDER BY census NULLS LAST) AS census_before
    FROM value
)

SELECT
    pupil,
    series_urn,
    start_date,
    category,
    census,
    what,
    said_before AS before,
    said AS after,
    _delivery,
    _sheet,
    _row
FROM compared
WHERE census_before IS NOT NULL
    AND said_before IS DISTINCT FROM said
ORDER BY pupil NULLS LAST, series_urn NULLS LAST, start_date NULLS LAST, category NULLS LAST, census NULLS LAST, what NULLS LAST

/*
title = "Suspensions and permanent exclusions that the later return leaves out"
grain = "one suspension, lunchtime suspension or permanent exclusion of one pupil at one school on one day"
key = ["pupil", "series_urn", "start_date", "category"]
reads = ["fct_suspension", "fct_suspension_report"]

[columns]
pupil = "Pseudonym of the pupil."
series_urn = "Unique reference number under which the school's figures stand through the years."
start_date = "First day of the suspension, or day of the permanent exclusion."
category = "SUSP suspension, LNCH lunchtime suspension, PERM permanent exclusion."
academic_year = "Academic year in which it began."
last_census = "Position of the last census that reports it."
missing_from = "Position of the census that had to report it again, and came without it."
sessions = "Half days missed (number), as last reported."
reason_1 = "Main reason, as last reported."
_delivery = "The delivery of the last report: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH ranked AS (
    SELECT
        report.*,
        row_number() OVER (
            PARTITION BY pupil, series_urn, start_date, category
            ORDER BY census DESC NULLS LAST
        ) AS choice
    FROM mart.fct_suspension_report AS report
)

SELECT
    pupil,
    series_urn,
    start_date,
    category,
    academic_year,
    census AS last_census,
    event_term + 2 AS missing_from,
    sessions,
    reason_1,
    _delivery,
    _sheet,
    _row
FROM ranked
WHERE choice = 1
    AND NOT EXISTS (
        SELECT 1
        FROM mart.fct_suspension AS kept
        WHERE kept.pupil = ranked.pupil
            AND kept.series_urn = ranked.series_urn
            AND kept.start_date = ranked.start_date
            AND kept.category = ranked.category
    )
ORDER BY pupil NULLS LAST, series_urn NULLS LAST, start_date NULLS LAST, category NULLS LAST

/*
title = "Suspensions and permanent exclusions that the later return leaves out"
grain = "one suspension, lunchtime suspension or permanent exclusion of one pupil at one school on one day"
key = ["pupil", "series_urn", "start_date", "category"]
reads = ["fct_suspension_told"]

[columns]
pupil = "Pseudonym of the pupil."
series_urn = "Unique reference number under which the school's figures stand through the years."
start_date = "First day of the suspension, or day of the permanent exclusion."
category = "SUSP suspension, LNCH lunchtime suspension, PERM permanent exclusion."
academic_year = "Academic year in which it began."
last_census = "Position of the last census that reports it."
missing_from = "Position of the census that had to report it again, and came without it."
has_vanished = "True where it is taken as withdrawn and counts no more; false where the school left out two or more and most of what it had told: these are kept until it answers."
sessions = "Half days missed (number), as last reported."
reason_1 = "Main reason, as last reported."
_delivery = "The delivery of the last report: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
SELECT
    pupil,
    series_urn,
    start_date,
    category,
    academic_year,
    last_census,
    event_term + 2 AS missing_from,
    has_vanished,
    sessions,
    reason_1,
    _delivery,
    _sheet,
    _row
FROM mart.fct_suspension_told
WHERE is_left_out
ORDER BY pupil NULLS LAST, series_urn NULLS LAST, start_date NULLS LAST, category NULLS LAST

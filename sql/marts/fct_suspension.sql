/*
title = "Suspensions and permanent exclusions, each once"
grain = "one suspension, lunchtime suspension or permanent exclusion of one pupil at one school on one day"
key = ["pupil", "series_urn", "start_date", "category"]
reads = ["fct_suspension_log", "fct_suspension_told"]

[columns]
pupil = "Pseudonym of the pupil, the same under every number that the pupil has had."
series_urn = "Unique reference number under which the school's figures stand through the years."
start_date = "First day of the suspension, or day of the permanent exclusion."
category = "SUSP suspension, LNCH lunchtime suspension, PERM permanent exclusion."
academic_year = "Academic year in which it counts: one that begins in August belongs to the year that begins (see dim_term)."
event_term = "Position of the term in which it began, counted like a census: see dim_term."
urn = "Unique reference number of the school, as the last report says it."
la_code = "Three-digit authority code."
phase = "Phase that the school counts under."
is_in_totals = "Whether figures of an authority count the school: see dim_school."
sessions = "Half days that the pupil was due in and missed (number), as last reported; of the log, twice its school days."
reason_1 = "Main reason, as last reported."
reason_2 = "Second reason."
reason_3 = "Third reason."
sen_provision = "N none, K SEN support, E plan, at the time."
known_from = "two censuses; one census; or log: the authority's own, for schools and terms of which no census has told yet."
reports = "How many censuses report it (number): two, one where the second is not in yet, none where the log alone has it."
is_provisional = "True while a census that has to report it again is not in, or came without what would report it."
why_provisional = "census: that census is not in; table: it came without the table that would report it; school: it came without the school, or without most of what the school told before; log: no census has told the school's suspensions of the term. NULL where nothing is awaited."
number_in_year = "Which of the pupil's suspensions of the academic year it is, at whatever schools, by date; NULL for a permanent exclusion."
_delivery = "The delivery of the last report: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH known AS (
    SELECT
        pupil, series_urn, start_date, category, academic_year, event_term, urn, la_code, phase, is_in_totals,
        sessions, reason_1, reason_2, reason_3, sen_provision,
        CASE WHEN reports >= 2 THEN 'two censuses' ELSE 'one census' END AS known_from,
        reports, why_provisional, _delivery, _sheet, _row
    FROM mart.fct_suspension_told
    WHERE NOT has_vanished
    UNION ALL
    SELECT
        pupil, series_urn, start_date, category, academic_year, event_term, urn, la_code, phase, is_in_totals,
        sessions, reason_1, CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), sen_provision,
        'log',
        CAST(0 AS BIGINT), 'log', _delivery, _sheet, _row
    FROM mart.fct_suspension_log
    WHERE census_says = 'nothing yet'
)

SELECT
    pupil,
    series_urn,
    start_date,
    category,
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
    known_from,
    reports,
    why_provisional IS NOT NULL AS is_provisional,
    why_provisional,
    CASE
        WHEN category <> 'PERM' THEN row_number() OVER (
            PARTITION BY pupil, academic_year, CASE WHEN category = 'PERM' THEN 1 ELSE 0 END
            ORDER BY start_date NULLS LAST, category NULLS LAST, series_urn NULLS LAST
        )
    END AS number_in_year,
    _delivery,
    _sheet,
    _row
FROM known
ORDER BY pupil NULLS LAST, series_urn NULLS LAST, start_date NULLS LAST, category NULLS LAST

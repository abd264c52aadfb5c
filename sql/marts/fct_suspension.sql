/*
title = "Suspensions and permanent exclusions, each once"
grain = "one suspension, lunchtime suspension or permanent exclusion of one pupil at one school on one day"
key = ["pupil", "series_urn", "start_date", "category"]
reads = ["fct_census_school", "fct_suspension_report"]

[columns]
pupil = "Pseudonym of the pupil, the same under every number that the pupil has had."
series_urn = "Unique reference number under which the school's figures stand through the years."
start_date = "First day of the suspension, or day of the permanent exclusion."
category = "SUSP suspension, LNCH lunchtime suspension, PERM permanent exclusion."
academic_year = "Academic year in which it began."
urn = "Unique reference number of the school, as the last report says it."
la_code = "Three-digit authority code."
phase = "Phase of the school."
sessions = "Half days that the pupil was due in and missed (number), as last reported."
reason_1 = "Main reason, as last reported."
reason_2 = "Second reason."
reason_3 = "Third reason."
sen_provision = "N none, K SEN support, E plan, at the time."
reports = "How many censuses report it (number): two, or one where the second is not in yet."
is_provisional = "True while a census that has to report it again is not in."
number_in_year = "Which of the pupil's suspensions of the academic year it is, at whatever schools, by date; NULL for a permanent exclusion."
_delivery = "The delivery of the last report: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH present AS (
    SELECT DISTINCT series_urn, census
    FROM mart.fct_census_school
),

ranked AS (
    SELECT
        report.*,
        count(*) OVER (PARTITION BY pupil, series_urn, start_date, category) AS reports,
        row_number() OVER (
            PARTITION BY pupil, series_urn, start_date, category
            ORDER BY census DESC NULLS LAST
        ) AS choice
    FROM mart.fct_suspension_report AS report
),

latest AS (
    -- Every exclusion is reported by the two censuses after its term. One that the second leaves out was withdrawn.
    SELECT
        ranked.*,
        present.census IS NULL AND ranked.census < ranked.event_term + 2 AS is_provisional,
        present.census IS NOT NULL AND ranked.census < ranked.event_term + 2 AS has_vanished
    FROM ranked
    LEFT JOIN present
        ON present.series_urn = ranked.series_urn
        AND present.census = ranked.event_term + 2
    WHERE ranked.choice = 1
)

SELECT
    pupil,
    series_urn,
    start_date,
    category,
    academic_year,
    urn,
    la_code,
    phase,
    sessions,
    reason_1,
    reason_2,
    reason_3,
    sen_provision,
    reports,
    is_provisional,
    CASE
        WHEN category <> 'PERM' THEN row_number() OVER (
            PARTITION BY pupil, academic_year, CASE WHEN category = 'PERM' THEN 1 ELSE 0 END
            ORDER BY start_date NULLS LAST, category NULLS LAST, series_urn NULLS LAST
        )
    END AS number_in_year,
    _delivery,
    _sheet,
    _row
FROM latest
WHERE NOT has_vanished
ORDER BY pupil NULLS LAST, series_urn NULLS LAST, start_date NULLS LAST, category NULLS LAST

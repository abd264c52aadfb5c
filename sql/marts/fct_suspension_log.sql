/*
title = "Suspensions and permanent exclusions of the authority's own log, and what the censuses say of each"
grain = "one suspension, lunchtime suspension or permanent exclusion of one pupil at one school on one day"
key = ["pupil", "series_urn", "start_date", "category"]
reads = ["dim_date", "dim_pupil_standing", "dim_pupil_upn", "dim_school", "dim_school_series", "dim_term", "fct_census_school", "fct_suspension_told", "suspension_teller"]

[columns]
pupil = "Pseudonym of the pupil, the same under every number; of a row without a number one of its own, so that it counts and is nobody's second."
series_urn = "Unique reference number under which the school's figures stand through the years; its LAESTAB where neither a census nor GIAS knows it."
start_date = "First day of the suspension, or day of the permanent exclusion."
category = "SUSP suspension, LNCH lunchtime suspension, PERM permanent exclusion."
academic_year = "Academic year in which it counts: one that begins in August belongs to the year that begins (see dim_term)."
event_term = "Position of the term in which it began, counted like a census: see dim_term."
urn = "Unique reference number of the school."
la_code = "Three-digit authority code of the school."
phase = "Phase that the school counts under."
is_in_totals = "Whether figures of an authority count the school: see dim_school."
sessions = "Half days (number): twice the school days that the log gives; where it gives none, those of the calendar from the first day to the last."
reason_1 = "Main reason."
sen_provision = "N none, K SEN support, E plan, at the time, as the log has it."
census_says = "told: a census has it. withdrawn: one had it, and the next left it out. not told: a census that told the school and the term has come without it. nothing yet: no census has told the school's suspensions of the term, so the log speaks. elsewhere: a school of an authority of which no census is here."
_delivery = "The delivery that this row came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
-- A school by its LAESTAB: as the last census has it, else as GIAS does, where a school and its successor may share one: that
-- which was open on the day, else the later.
WITH census_school AS (
    SELECT
        laestab,
        urn,
        series_urn,
        la_code,
        phase,
        row_number() OVER (PARTITION BY laestab ORDER BY census DESC NULLS LAST, native_id DESC NULLS LAST) AS choice
    FROM mart.fct_census_school
    WHERE laestab IS NOT NULL
),

told AS (
    SELECT
        log.upn,
        log.laestab,
        log.start_date,
        log.category,
        CAST(round(COALESCE(CAST(log.days AS DOUBLE), last_day.school_day_number - first_day.school_day_number + 1) * 2) AS INTEGER) AS sessions,
        log.reason AS reason_1,
        log.sen_provision,
        log._delivery,
        log._sheet,
        log._row
    FROM conformed.exclusions_exclusion_log AS log
    LEFT JOIN mart.dim_date AS first_day ON first_day.date = log.start_date
    LEFT JOIN mart.dim_date AS last_day ON last_day.date = log.end_date
    WHERE NOT log._superseded
),

gias_school AS (
    SELECT
        told.laestab,
        told.start_date,
        school.urn,
        school.counts_as,
        row_number() OVER (
            PARTITION BY told.laestab, told.start_date
            ORDER BY
                CASE WHEN school.open_date > told.start_date OR school.close_date < told.start_date THEN 1 ELSE 0 END NULLS LAST,
                school.open_date DESC NULLS LAST,
                school.urn DESC NULLS LAST
        ) AS choice
    FROM (SELECT DISTINCT laestab, start_date FROM told) AS told
    INNER JOIN mart.dim_school AS school
        ON school.laestab = told.laestab
        AND school.is_current
),

placed AS (
    SELECT
        COALESCE(
            number_of.pupil,
            told.upn,
            'unnumbered log ' || told._delivery || ' ' || COALESCE(told._sheet, '') || ' ' || CAST(told._row AS VARCHAR)
        ) AS pupil,
        COALESCE(census_school.series_urn, series.series_urn, gias_school.urn, told.laestab) AS series_urn,
        COALESCE(census_school.urn, gias_school.urn) AS urn,
        COALESCE(census_school.la_code, left(told.laestab, 3)) AS la_code,
        COALESCE(census_school.phase, gias_school.counts_as, 'other') AS phase,
        dim_term.academic_year,
        dim_term.term_number AS event_term,
        told.*
    FROM told
    INNER JOIN mart.dim_term ON told.start_date BETWEEN dim_term.first_day AND dim_term.last_day
    LEFT JOIN mart.dim_pupil_upn AS number_of ON number_of.upn = told.upn
    LEFT JOIN census_school
        ON census_school.laestab = told.laestab
        AND census_school.choice = 1
    LEFT JOIN gias_school
        ON gias_school.laestab = told.laestab
        AND gias_school.start_date = told.start_date
        AND gias_school.choice = 1
    LEFT JOIN mart.dim_school_series AS series ON series.urn = gias_school.urn
),

ranked AS (
    SELECT
        placed.*,
        row_number() OVER (
            PARTITION BY pupil, series_urn, start_date, category
            ORDER BY _delivery NULLS LAST, _sheet NULLS LAST, _row NULLS LAST
        ) AS choice
    FROM placed
),

school_in AS (
    SELECT DISTINCT series_urn, census
    FROM mart.dim_pupil_standing
),

-- Whether one of the two censuses after the term came with the school, and with the table that would tell the pupil's.
answered AS (
    SELECT
        asked.series_urn,
        asked.event_term,
        asked.pupil,
        bool_or(CASE
            WHEN stands_in.is_on_roll THEN teller.tells_on_roll
            WHEN stands_in.census IS NOT NULL THEN teller.tells_off_roll
            ELSE teller.tells_on_roll AND teller.tells_off_roll
        END) AS is_answered
    FROM (SELECT DISTINCT series_urn, event_term, pupil FROM ranked) AS asked
    INNER JOIN school_in
        ON school_in.series_urn = asked.series_urn
        AND school_in.census BETWEEN asked.event_term + 1 AND asked.event_term + 2
    INNER JOIN mart.suspension_teller AS teller ON teller.census = school_in.census
    LEFT JOIN mart.dim_pupil_standing AS stands_in
        ON stands_in.series_urn = asked.series_urn
        AND stands_in.census = school_in.census
        AND stands_in.pupil = asked.pupil
    GROUP BY asked.series_urn, asked.event_term, asked.pupil
)

SELECT
    ranked.pupil,
    ranked.series_urn,
    ranked.start_date,
    ranked.category,
    ranked.academic_year,
    ranked.event_term,
    ranked.urn,
    ranked.la_code,
    ranked.phase,
    ranked.phase IN ('primary', 'secondary', 'special') AS is_in_totals,
    ranked.sessions,
    ranked.reason_1,
    ranked.sen_provision,
    CASE
        WHEN by_census.has_vanished THEN 'withdrawn'
        WHEN by_census.pupil IS NOT NULL THEN 'told'
        WHEN COALESCE(answered.is_answered, FALSE) THEN 'not told'
        WHEN ranked.la_code IN (SELECT known.la_code FROM mart.fct_census_school AS known WHERE known.la_code IS NOT NULL) THEN 'nothing yet'
        ELSE 'elsewhere'
    END AS census_says,
    ranked._delivery,
    ranked._sheet,
    ranked._row
FROM ranked
LEFT JOIN mart.fct_suspension_told AS by_census
    ON by_census.pupil = ranked.pupil
    AND by_census.series_urn = ranked.series_urn
    AND by_census.start_date = ranked.start_date
    AND by_census.category = ranked.category
LEFT JOIN answered
    ON answered.series_urn = ranked.series_urn
    AND answered.event_term = ranked.event_term
    AND answered.pupil = ranked.pupil
WHERE ranked.choice = 1
ORDER BY ranked.pupil NULLS LAST, ranked.series_urn NULLS LAST, ranked.start_date NULLS LAST, ranked.category NULLS LAST

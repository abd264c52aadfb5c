/*
title = "What the returns say of suspensions that does not fit together, for the schools to answer"
grain = "one finding of one rule about one pupil at one school"
key = ["rule_id", "series_urn", "pupil", "day"]
reads = ["dim_pupil_record", "dim_school_series", "dim_term", "fct_roll", "fct_suspension"]

[columns]
rule_id = "X-005, X-006 or X-007 of the notes of the domain."
series_urn = "Unique reference number under which the school's figures stand."
school_name = "Name of that school; NULL where GIAS has not said."
pupil = "Pseudonym of the pupil, the same under every number; `all` for a finding about a day."
day = "The day that it is about: start of the suspension, first day of the term, or census day."
found = "What was found, in numbers."
_delivery = "The delivery of the row that it is about: see meta.delivery. NULL for a finding about many."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH pupil_row AS (
    SELECT academic_year, term, census, native_id, series_urn, record_id, source_id, roll, pupil
    FROM mart.dim_pupil_record
),

missed AS (
    SELECT academic_year, term, native_id, pupil_on_roll_id AS record_id, source_id, 'on' AS roll, attendance_code, sessions
    FROM conformed.school_census_sessions_on_roll
    WHERE NOT _superseded
    UNION ALL
    SELECT academic_year, term, native_id, pupil_no_longer_on_roll_id AS record_id, source_id, 'off' AS roll, attendance_code, sessions
    FROM conformed.school_census_sessions_off_roll
    WHERE NOT _superseded
    UNION ALL
    SELECT academic_year, term, native_id, pupil_on_roll_id AS record_id, source_id, 'on' AS roll, attendance_code, sessions
    FROM conformed.school_census_summer_second_half_sessions_on_roll
    WHERE NOT _superseded
    UNION ALL
    SELECT academic_year, term, native_id, pupil_no_longer_on_roll_id AS record_id, source_id, 'off' AS roll, attendance_code, sessions
    FROM conformed.school_census_summer_second_half_sessions_off_roll
    WHERE NOT _superseded
),

-- A census tells the sessions of the term before it.
attended AS (
    SELECT
        pupil_row.pupil,
        pupil_row.series_urn,
        pupil_row.census - 1 AS term_number,
        sum(CASE WHEN missed.attendance_code = 'E' THEN missed.sessions ELSE 0 END) AS sessions
    FROM pupil_row
    INNER JOIN missed
        ON missed.academic_year = pupil_row.academic_year
        AND missed.term = pupil_row.term
        AND missed.native_id = pupil_row.native_id
        AND missed.record_id = pupil_row.record_id
        AND missed.source_id = pupil_row.source_id
        AND missed.roll = pupil_row.roll
    WHERE pupil_row.series_urn IS NOT NULL
    GROUP BY pupil_row.pupil, pupil_row.series_urn, pupil_row.census - 1
),

term_told AS (
    SELECT DISTINCT series_urn, term_number
    FROM attended
),

suspended AS (
    SELECT
        suspension.pupil,
        suspension.series_urn,
        suspension.event_term AS term_number,
        sum(suspension.sessions) AS sessions
    FROM mart.fct_suspension AS suspension
    WHERE suspension.category = 'SUSP'
    GROUP BY suspension.pupil, suspension.series_urn, suspension.event_term
),

x_005 AS (
    -- Only of schools that told sessions for that term at all: one whose sessions are not in yet is no finding.
    SELECT
        'X-005' AS rule_id,
        suspended.series_urn,
        suspended.pupil,
        dim_term.first_day AS day,
        CAST(CAST(COALESCE(attended.sessions, 0) AS BIGINT) AS VARCHAR) || ' sessions with code E, ' || CAST(CAST(suspended.sessions AS BIGINT) AS VARCHAR) || ' of suspension' AS found,
        CAST(NULL AS VARCHAR) AS _delivery,
        CAST(NULL AS VARCHAR) AS _sheet,
        CAST(NULL AS INTEGER) AS _row
    FROM suspended
    INNER JOIN term_told
        ON term_told.series_urn = suspended.series_urn
        AND term_told.term_number = suspended.term_number
    INNER JOIN mart.dim_term ON dim_term.term_number = suspended.term_number
    LEFT JOIN attended
        ON attended.pupil = suspended.pupil
        AND attended.series_urn = suspended.series_urn
        AND attended.term_number = suspended.term_number
    WHERE COALESCE(attended.sessions, 0) < suspended.sessions
),

-- A permanent exclusion ends the time on roll, at the latest when governors have confirmed it: by the second census after.
x_006 AS (
    SELECT
        'X-006' AS rule_id,
        suspension.series_urn,
        suspension.pupil,
        suspension.start_date AS day,
        'still on roll at ' || CAST(count(*) AS VARCHAR) || ' later censuses' AS found,
        min(suspension._delivery) AS _delivery,
        min(suspension._sheet) AS _sheet,
        min(suspension._row) AS _row
    FROM mart.fct_suspension AS suspension
    INNER JOIN mart.fct_roll AS roll
        ON roll.pupil = suspension.pupil
        AND roll.series_urn = suspension.series_urn
        AND roll.is_headcount
        AND roll.census >= suspension.event_term + 2
        AND roll.entry_date <= suspension.start_date
    WHERE suspension.category = 'PERM'
    GROUP BY suspension.series_urn, suspension.pupil, suspension.start_date
),

-- A fifth of a school's suspensions of a year, and five at least, on one day: a date that a program filled in.
counted AS (
    SELECT series_urn, academic_year, start_date, count(*) AS events
    FROM mart.fct_suspension
    GROUP BY series_urn, academic_year, start_date
),

x_007 AS (
    SELECT
        'X-007' AS rule_id,
        counted.series_urn,
        'all' AS pupil,
        counted.start_date AS day,
        CAST(counted.events AS VARCHAR) || ' of ' || CAST(CAST(whole.events AS BIGINT) AS VARCHAR) || ' of the year begin on this day' AS found,
        CAST(NULL AS VARCHAR) AS _delivery,
        CAST(NULL AS VARCHAR) AS _sheet,
        CAST(NULL AS INTEGER) AS _row
    FROM counted
    INNER JOIN (
        SELECT series_urn, academic_year, sum(events) AS events
        FROM counted
        GROUP BY series_urn, academic_year
    ) AS whole
        ON whole.series_urn = counted.series_urn
        AND whole.academic_year = counted.academic_year
    WHERE counted.events >= 5
        AND counted.events * 5 >= whole.events
),

finding AS (
    SELECT rule_id, series_urn, pupil, day, found, _delivery, _sheet, _row FROM x_005
    UNION ALL
    SELECT rule_id, series_urn, pupil, day, found, _delivery, _sheet, _row FROM x_006
    UNION ALL
    SELECT rule_id, series_urn, pupil, day, found, _delivery, _sheet, _row FROM x_007
)

SELECT
    finding.rule_id,
    finding.series_urn,
    series.series_name AS school_name,
    finding.pupil,
    finding.day,
    finding.found,
    finding._delivery,
    finding._sheet,
    finding._row
FROM finding
LEFT JOIN mart.dim_school_series AS series ON series.urn = finding.series_urn
ORDER BY finding.rule_id NULLS LAST, finding.series_urn NULLS LAST, finding.pupil NULLS LAST, finding.day NULLS LAST

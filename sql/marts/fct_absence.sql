/*
title = "Sessions that pupils could attend and missed, by academic year"
grain = "one pupil at one school in one academic year"
key = ["pupil", "series_urn", "academic_year"]
reads = ["census_table", "dim_date", "dim_pupil_record", "fct_census_school"]

[columns]
pupil = "Pseudonym of the pupil, the same under every number that the pupil has had."
series_urn = "Unique reference number under which the school's figures stand through the years."
academic_year = "Academic year in which the sessions were."
la_code = "Three-digit authority code."
phase = "Phase that the school counts under."
is_in_totals = "Whether figures of an authority count the school: see dim_school."
birth_month = "First day of the month of birth."
age = "Age in years on the 31 August before the academic year."
sessions_possible = "Half days that the pupil could attend (number), of the parts of the year whose attendance codes came."
entry_date = "Day on which the pupil entered the school; the first, where the pupil entered more than once."
came_late = "True for a pupil who entered in the second half of the summer term: left out of absence rates."
sessions_absent = "Half days missed, with leave or without (number): codes C, C1, C2, E, H, I, J1, M, R, S, T, G, N, O, U. Not being able to attend (Q, Y) and being educated elsewhere (B, D, K, L, P, V, W) are no absence."
sessions_unauthorised = "Of these, those without leave (number): codes G, N, O, U."
sessions_part_time = "Of these, those of a part-time timetable (number): code C2, which schools have had since 19 August 2024."
sessions_off_site = "Half days of education elsewhere that school or authority arranged (number): codes B and K, K since 19 August 2024. No absence."
is_in_rates = "Whether rates of absence count the enrolment: aged 5 to 15, with possible sessions, and not entered in the second half of the summer term."
is_persistent = "Whether a tenth or more of the possible sessions was missed."
is_severe = "Whether half or more of them was missed."
_delivery = "The delivery of the last row that tells sessions of the year: see meta.delivery. The sums are of all such rows."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH spring_gap AS (
    -- The summer half term is the longest time without school between 20 May and 15 June.
    SELECT
        academic_year,
        date AS resumes_on,
        days_between(lag(date) OVER (PARTITION BY academic_year ORDER BY date NULLS LAST), date) AS days
    FROM mart.dim_date
    WHERE is_school_day
        AND (
            (EXTRACT(month FROM date) = 5 AND EXTRACT(day FROM date) >= 20)
            OR (EXTRACT(month FROM date) = 6 AND EXTRACT(day FROM date) <= 15)
        )
),

half_term AS (
    SELECT academic_year, resumes_on
    FROM (
        SELECT
            academic_year,
            resumes_on,
            row_number() OVER (PARTITION BY academic_year ORDER BY days DESC NULLS LAST, resumes_on NULLS LAST) AS choice
        FROM spring_gap
        WHERE days > 4
    ) AS ranked
    WHERE choice = 1
),

pupil_row AS (
    SELECT
        academic_year,
        term,
        native_id,
        pupil_on_roll_id AS record_id,
        source_id,
        'on' AS roll,
        date_of_birth,
        entry_date,
        sessions_possible,
        summer_sessions_possible,
        _delivery,
        _sheet,
        _row
    FROM conformed.school_census_pupil_on_roll
    WHERE NOT _superseded
    UNION ALL
    SELECT
        academic_year,
        term,
        native_id,
        pupil_no_longer_on_roll_id AS record_id,
        source_id,
        'off' AS roll,
        date_of_birth,
        entry_date,
        sessions_possible,
        summer_sessions_possible,
        _delivery,
        _sheet,
        _row
    FROM conformed.school_census_pupil_no_longer_on_roll
    WHERE NOT _superseded
),

-- Sessions that nobody tells are not attended: a part of the year counts where the table of its codes came.
told_part AS (
    SELECT
        census,
        bool_or(is_reckoned AND table_name = 'sessions_on_roll') AS on_roll,
        bool_or(is_reckoned AND table_name = 'sessions_off_roll') AS off_roll,
        bool_or(is_reckoned AND table_name = 'summer_second_half_sessions_on_roll') AS on_roll_summer,
        bool_or(is_reckoned AND table_name = 'summer_second_half_sessions_off_roll') AS off_roll_summer
    FROM mart.census_table
    GROUP BY census
),

coded AS (
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

missed AS (
    SELECT
        academic_year,
        term,
        native_id,
        record_id,
        source_id,
        roll,
        sum(CASE
            WHEN attendance_code IN ('C', 'C1', 'C2', 'E', 'H', 'I', 'J1', 'M', 'R', 'S', 'T', 'G', 'N', 'O', 'U') THEN sessions
            ELSE 0
        END) AS absent,
        sum(CASE WHEN attendance_code IN ('G', 'N', 'O', 'U') THEN sessions ELSE 0 END) AS unauthorised,
        sum(CASE WHEN attendance_code = 'C2' THEN sessions ELSE 0 END) AS part_time,
        sum(CASE WHEN attendance_code IN ('B', 'K') THEN sessions ELSE 0 END) AS off_site
    FROM coded
    GROUP BY academic_year, term, native_id, record_id, source_id, roll
),

told AS (
    -- A census tells the sessions of the term before it: autumn those of the summer before, in two parts.
    SELECT
        pupil_record.pupil,
        COALESCE(pupil_record.series_urn, pupil_row.native_id) AS series_urn,
        school.la_code,
        school.phase,
        COALESCE(school.is_in_totals, FALSE) AS is_in_totals,
        pupil_record.census,
        first_year_in(pupil_row.academic_year) - CASE pupil_row.term WHEN 'autumn' THEN 1 ELSE 0 END AS first_year,
        pupil_row.date_of_birth,
        pupil_row.entry_date,
        CASE
            WHEN CASE pupil_row.roll WHEN 'on' THEN told_part.on_roll ELSE told_part.off_roll END
                THEN COALESCE(pupil_row.sessions_possible, 0)
            ELSE 0
        END AS possible_before,
        CASE
            WHEN CASE pupil_row.roll WHEN 'on' THEN told_part.on_roll_summer ELSE told_part.off_roll_summer END
                THEN COALESCE(pupil_row.summer_sessions_possible, 0)
            ELSE 0
        END AS possible_after,
        COALESCE(missed.absent, 0) AS absent,
        COALESCE(missed.unauthorised, 0) AS unauthorised,
        COALESCE(missed.part_time, 0) AS part_time,
        COALESCE(missed.off_site, 0) AS off_site,
        pupil_row._delivery,
        pupil_row._sheet,
        pupil_row._row
    FROM pupil_row
    INNER JOIN mart.dim_pupil_record AS pupil_record
        ON pupil_record.academic_year = pupil_row.academic_year
        AND pupil_record.term = pupil_row.term
        AND pupil_record.native_id = pupil_row.native_id
        AND pupil_record.roll = pupil_row.roll
        AND pupil_record.record_id = pupil_row.record_id
        AND pupil_record.source_id = pupil_row.source_id
    LEFT JOIN told_part ON told_part.census = pupil_record.census
    LEFT JOIN missed
        ON missed.academic_year = pupil_row.academic_year
        AND missed.term = pupil_row.term
        AND missed.native_id = pupil_row.native_id
        AND missed.record_id = pupil_row.record_id
        AND missed.source_id = pupil_row.source_id
        AND missed.roll = pupil_row.roll
    LEFT JOIN mart.fct_census_school AS school
        ON school.academic_year = pupil_row.academic_year
        AND school.term = pupil_row.term
        AND school.native_id = pupil_row.native_id
),

ranked AS (
    SELECT
        told.*,
        row_number() OVER (
            PARTITION BY pupil, series_urn, first_year
            ORDER BY
                CASE WHEN possible_before + possible_after > 0 THEN 0 ELSE 1 END NULLS LAST,
                census DESC NULLS LAST,
                _delivery NULLS LAST,
                _sheet NULLS LAST,
                _row NULLS LAST
        ) AS from_last
    FROM told
),

summed AS (
    SELECT
        pupil,
        series_urn,
        first_year,
        max(la_code) AS la_code,
        max(phase) AS phase,
        bool_or(is_in_totals) AS is_in_totals,
        min(date_of_birth) AS birth_month,
        min(CASE WHEN possible_before + possible_after > 0 THEN entry_date END) AS entry_date,
        sum(possible_before + possible_after) AS sessions_possible,
        sum(possible_before) AS sessions_possible_before_half_term,
        sum(absent) AS sessions_absent,
        sum(unauthorised) AS sessions_unauthorised,
        sum(part_time) AS sessions_part_time,
        sum(off_site) AS sessions_off_site,
        max(CASE WHEN from_last = 1 THEN _delivery END) AS _delivery,
        max(CASE WHEN from_last = 1 THEN _sheet END) AS _sheet,
        max(CASE WHEN from_last = 1 THEN _row END) AS _row
    FROM ranked
    GROUP BY pupil, series_urn, first_year
),

known AS (
    SELECT
        summed.*,
        first_year - CAST(EXTRACT(year FROM birth_month) AS BIGINT)
            - CASE WHEN EXTRACT(month FROM birth_month) > 8 THEN 1 ELSE 0 END AS age,
        -- Where the calendar does not have the year, a pupil without sessions before the half term came after it.
        COALESCE(entry_date >= half_term.resumes_on, sessions_possible_before_half_term = 0) AS came_late
    FROM summed
    LEFT JOIN half_term
        ON half_term.academic_year = year_label(first_year)
)

SELECT
    pupil,
    series_urn,
    year_label(first_year) AS academic_year,
    la_code,
    phase,
    is_in_totals,
    birth_month,
    age,
    CAST(sessions_possible AS BIGINT) AS sessions_possible,
    entry_date,
    came_late,
    CAST(sessions_absent AS BIGINT) AS sessions_absent,
    CAST(sessions_unauthorised AS BIGINT) AS sessions_unauthorised,
    CAST(sessions_part_time AS BIGINT) AS sessions_part_time,
    CAST(sessions_off_site AS BIGINT) AS sessions_off_site,
    COALESCE(age BETWEEN 5 AND 15 AND sessions_possible > 0 AND NOT came_late, FALSE) AS is_in_rates,
    sessions_possible > 0 AND sessions_absent * 10 >= sessions_possible AS is_persistent,
    sessions_possible > 0 AND sessions_absent * 2 >= sessions_possible AS is_severe,
    _delivery,
    _sheet,
    _row
FROM known
ORDER BY pupil NULLS LAST, series_urn NULLS LAST, first_year NULLS LAST

/*
title = "What each register holds of each academic year, and what it lacks of it"
grain = "one register in one academic year, from the first that it has something of to the last"
key = ["register", "academic_year"]
reads = ["fct_ehcp_audit", "fct_graduated_response", "fct_graduated_response_return", "fct_inclusion_discussion"]

[columns]
register = "inclusion_discussions, graduated_response (the cycles), graduated_response_return (what schools say each term) or ehcp_audit."
academic_year = "Academic year, such as 2024/25."
entries = "Rows of the register that fall in the year (rows); 0 for a year between two others of which it has nothing."
matched = "Of these, rows that lead to a pupil of a census (rows), where the register is one of pupils; else all of them."
no_match = "Why nothing can be said of the pupils of the year though the register has rows of it: none leads to a pupil of a census. NULL where one does."
first_day = "The first day of the year that a row falls on; of a return, the first of its term."
last_day = "The last such day."
reaches_to = "The day up to which the register can speak: the day of the generation, or that on which the register came last, whichever is earlier."
is_over = "Whether the year is over at the day that the generation speaks for."
mark = "What a reader of a figure of the year must know: thirds of the year (September to December, January to March, April to August) without a row, a register that begins or ends within the year, a year that goes on. NULL where there is nothing."
mark_ahead = "Likewise of a figure that follows what began in the year beyond its end: the register has nothing of the autumn after it. NULL where it has, or where that autumn is not over."
begins = "The day of the first row of the register, in whatever year."
has_autumn = "Whether a row falls in September to December of the year; TRUE too where that is not over."
has_spring = "Whether one falls in January to March of it, likewise."
has_summer = "Whether one falls in April to August of it, likewise."
received_on = "The day on which the register came last."
_delivery = "The delivery that the last row of the year came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH entry AS (
    SELECT
        'inclusion_discussions' AS register,
        'inclusion_discussions' AS collection,
        meeting_date AS day,
        CASE WHEN pupil_by IN ('upn', 'school_and_day', 'school_and_day_not_upn') THEN 1 ELSE 0 END AS is_matched,
        CASE WHEN pupil_by = 'school_and_day_not_upn' THEN 1 ELSE 0 END AS is_guessed,
        _delivery,
        _sheet,
        _row
    FROM mart.fct_inclusion_discussion
    UNION ALL
    SELECT 'graduated_response', 'graduated_response', opened, 1, 0, _delivery, _sheet, _row
    FROM mart.fct_graduated_response
    UNION ALL
    SELECT
        'graduated_response_return',
        'graduated_response',
        day_of(CAST(calendar_year AS BIGINT), CASE term WHEN 'autumn' THEN 9 WHEN 'spring' THEN 1 ELSE 4 END, 1),
        1,
        0,
        _delivery,
        _sheet,
        _row
    FROM mart.fct_graduated_response_return
    UNION ALL
    SELECT 'ehcp_audit', 'ehcp_audit', audited_on, 1, 0, _delivery, _sheet, _row
    FROM mart.fct_ehcp_audit
),

placed AS (
    SELECT
        entry.*,
        first_year_of(day) AS first_year,
        -- Thirds that need no calendar: Easter moves the end of the spring term by weeks.
        CASE WHEN extract(month FROM day) >= 9 THEN 1 WHEN extract(month FROM day) <= 3 THEN 2 ELSE 3 END AS third,
        row_number() OVER (
            PARTITION BY
                register,
                first_year_of(day)
            ORDER BY day DESC NULLS LAST, _delivery NULLS LAST, _sheet NULLS LAST, _row NULLS LAST
        ) AS from_last
    FROM entry
    WHERE day IS NOT NULL
),

of_year AS (
    SELECT
        register,
        first_year,
        CAST(count(*) AS BIGINT) AS entries,
        CAST(sum(is_matched) AS BIGINT) AS matched,
        CAST(sum(is_guessed) AS BIGINT) AS guessed,
        min(day) AS first_day,
        max(day) AS last_day,
        max(CASE WHEN third = 1 THEN 1 ELSE 0 END) AS has_autumn,
        max(CASE WHEN third = 2 THEN 1 ELSE 0 END) AS has_spring,
        max(CASE WHEN third = 3 THEN 1 ELSE 0 END) AS has_summer,
        max(CASE WHEN from_last = 1 THEN _delivery END) AS _delivery,
        max(CASE WHEN from_last = 1 THEN _sheet END) AS _sheet,
        max(CASE WHEN from_last = 1 THEN _row END) AS _row
    FROM placed
    GROUP BY register, first_year
),

register AS (
    SELECT register, min(collection) AS collection, min(day) AS first_day, max(day) AS last_day, min(first_year) AS first_year, max(first_year) AS last_year
    FROM placed
    GROUP BY register
),

received AS (
    SELECT collection, CAST(max(received_at) AS DATE) AS received_on
    FROM meta.arrival
    GROUP BY collection
),

year_number AS (
    SELECT DISTINCT first_year FROM placed
),

-- Each year between the first and the last of a register, those too of which it has nothing.
spanned AS (
    SELECT register.register, register.collection, register.first_day AS begins, register.last_day AS ends, year_number.first_year
    FROM register
    INNER JOIN year_number
        ON year_number.first_year BETWEEN register.first_year AND register.last_year
),

said AS (
    SELECT
        spanned.*,
        COALESCE(of_year.entries, 0) AS entries,
        COALESCE(of_year.matched, 0) AS matched,
        COALESCE(of_year.guessed, 0) AS guessed,
        of_year.first_day,
        of_year.last_day,
        COALESCE(of_year.has_autumn, 0) AS has_autumn,
        COALESCE(of_year.has_spring, 0) AS has_spring,
        COALESCE(of_year.has_summer, 0) AS has_summer,
        of_year._delivery,
        of_year._sheet,
        of_year._row,
        received.received_on,
        generation.as_of,
        year_label(spanned.first_year) AS academic_year
    FROM spanned
    CROSS JOIN meta.generation AS generation
    LEFT JOIN of_year
        ON of_year.register = spanned.register
        AND of_year.first_year = spanned.first_year
    LEFT JOIN received
        ON received.collection = spanned.collection
),

-- A third counts as missing once it is over: what may still come is no gap.
lacking AS (
    SELECT
        said.*,
        CASE WHEN lacks_autumn THEN ', September to December' ELSE '' END
        || CASE WHEN lacks_spring THEN ', January to March' ELSE '' END
        || CASE WHEN lacks_summer THEN ', April to August' ELSE '' END AS gap
    FROM (
        SELECT
            said.*,
            has_autumn = 0 AND as_of > day_of(first_year, 12, 31) AS lacks_autumn,
            has_spring = 0 AND as_of > day_of(first_year + 1, 3, 31) AS lacks_spring,
            has_summer = 0 AND as_of > year_ends(first_year) AS lacks_summer
        FROM said
    ) AS said
),

marked AS (
    SELECT
        lacking.*,
        CASE
            WHEN gap <> '' THEN '; partial: the register has no row of ' || academic_year || ' in ' || substring(gap FROM 3)
            ELSE ''
        END
        || CASE
            WHEN begins = first_day AND has_autumn = 1 AND begins > day_of(first_year, 9, 30)
                THEN '; partial: the register begins on ' || CAST(begins AS VARCHAR)
            ELSE ''
        END
        || CASE
            WHEN as_of <= year_ends(first_year) THEN '; provisional: the year ' || academic_year || ' is not over'
            WHEN received_on <= year_ends(first_year)
                THEN '; partial: the register came last on ' || CAST(received_on AS VARCHAR)
            ELSE ''
        END
        || CASE
            WHEN guessed > 0
                THEN '; partial: ' || CAST(guessed AS VARCHAR) || ' of its rows have a number that no census has, and are taken for the pupil whose third suspension was at that school on that day'
            ELSE ''
        END AS told
    FROM lacking
)

SELECT
    register,
    academic_year,
    entries,
    matched,
    CASE
        WHEN entries > 0 AND matched = 0
            THEN 'none of the ' || CAST(entries AS VARCHAR) || ' rows of the register of ' || academic_year || ' leads to a pupil of a census: compare the numbers in both'
    END AS no_match,
    first_day,
    last_day,
    CASE WHEN received_on < as_of THEN received_on ELSE as_of END AS reaches_to,
    as_of > year_ends(first_year) AS is_over,
    CASE WHEN told <> '' THEN substring(told FROM 3) END AS mark,
    CASE
        WHEN after.year_before IS NULL AND as_of > day_of(marked.first_year + 1, 12, 31)
            THEN 'partial: the register has no row of the autumn after ' || academic_year
    END AS mark_ahead,
    begins,
    NOT lacks_autumn AS has_autumn,
    NOT lacks_spring AS has_spring,
    NOT lacks_summer AS has_summer,
    received_on,
    _delivery,
    _sheet,
    _row
FROM marked
LEFT JOIN (SELECT register AS of_register, first_year - 1 AS year_before FROM of_year WHERE has_autumn = 1) AS after
    ON after.of_register = marked.register
    AND after.year_before = marked.first_year
ORDER BY register NULLS LAST, academic_year NULLS LAST

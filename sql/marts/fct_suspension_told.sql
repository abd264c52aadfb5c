/*
title = "Each suspension and permanent exclusion that a census ever told, and whether it stands"
grain = "one suspension, lunchtime suspension or permanent exclusion of one pupil at one school on one day"
key = ["pupil", "series_urn", "start_date", "category"]
reads = ["dim_pupil_standing", "fct_suspension_report", "suspension_teller"]

[columns]
pupil = "Pseudonym of the pupil, the same under every number that the pupil has had."
series_urn = "Unique reference number under which the school's figures stand through the years."
start_date = "First day of the suspension, or day of the permanent exclusion."
category = "SUSP suspension, LNCH lunchtime suspension, PERM permanent exclusion."
academic_year = "Academic year in which it counts."
event_term = "Position of the term in which it began, counted like a census: see dim_term."
last_census = "Position of the last census that reports it."
urn = "Unique reference number of the school, as the last report says it."
la_code = "Three-digit authority code."
phase = "Phase that the school counts under."
is_in_totals = "Whether figures of an authority count the school: see dim_school."
sessions = "Half days that the pupil was due in and missed (number), as last reported."
reason_1 = "Main reason, as last reported."
reason_2 = "Second reason."
reason_3 = "Third reason."
sen_provision = "N none, K SEN support, E plan, at the time."
reports = "How many censuses report it (number)."
is_left_out = "True where the census that had to report it again came, with the school and the table that would, and left it out."
has_vanished = "True where it is left out and so taken as withdrawn or overturned. Not where the school left out two or more, and most of what it had told: that is a query, and they are kept."
why_provisional = "census, table or school: see fct_suspension; NULL where nothing is awaited."
_delivery = "The delivery of the last report: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH school_in AS (
    SELECT DISTINCT series_urn, census
    FROM mart.dim_pupil_standing
),

ranked AS (
    SELECT
        report.*,
        count(*) OVER (PARTITION BY pupil, series_urn, start_date, category) AS reports,
        min(census) OVER (PARTITION BY pupil, series_urn, start_date, category) AS first_census,
        row_number() OVER (
            PARTITION BY pupil, series_urn, start_date, category
            ORDER BY census DESC NULLS LAST
        ) AS choice
    FROM mart.fct_suspension_report AS report
),

-- Every exclusion is reported by the two censuses after its term. Which table of the second would, the pupil's place says:
-- on its roll, among those gone, or, where the school has the pupil in neither, either.
awaited AS (
    SELECT
        ranked.*,
        ranked.census < ranked.event_term + 2 AS is_awaited,
        COALESCE(teller.is_in, FALSE) AS is_in,
        school_in.census IS NOT NULL AS has_school,
        CASE
            WHEN stands_in.is_on_roll THEN teller.tells_on_roll
            WHEN stands_in.census IS NOT NULL THEN teller.tells_off_roll
            ELSE teller.tells_on_roll AND teller.tells_off_roll
        END AS has_table
    FROM ranked
    LEFT JOIN mart.suspension_teller AS teller ON teller.census = ranked.event_term + 2
    LEFT JOIN school_in
        ON school_in.series_urn = ranked.series_urn
        AND school_in.census = ranked.event_term + 2
    LEFT JOIN mart.dim_pupil_standing AS stands_in
        ON stands_in.series_urn = ranked.series_urn
        AND stands_in.census = ranked.event_term + 2
        AND stands_in.pupil = ranked.pupil
    WHERE ranked.choice = 1
),

left_out AS (
    SELECT
        awaited.*,
        is_awaited AND has_school AND COALESCE(has_table, FALSE) AS is_left_out
    FROM awaited
),

-- What the school told in the first census and the second had to tell again, and how much of it is gone.
judged AS (
    SELECT
        left_out.*,
        sum(CASE WHEN is_left_out THEN 1 ELSE 0 END) OVER (PARTITION BY series_urn, event_term) AS gone,
        sum(CASE WHEN first_census < event_term + 2 THEN 1 ELSE 0 END) OVER (PARTITION BY series_urn, event_term) AS told
    FROM left_out
)

SELECT
    pupil,
    series_urn,
    start_date,
    category,
    academic_year,
    event_term,
    census AS last_census,
    urn,
    la_code,
    phase,
    is_in_totals,
    sessions,
    reason_1,
    reason_2,
    reason_3,
    sen_provision,
    CAST(reports AS BIGINT) AS reports,
    is_left_out,
    is_left_out AND NOT (gone >= 2 AND gone * 2 > told) AS has_vanished,
    CASE
        WHEN NOT is_awaited THEN NULL
        WHEN NOT is_in THEN 'census'
        WHEN NOT has_school THEN 'school'
        WHEN NOT COALESCE(has_table, FALSE) THEN 'table'
        WHEN gone >= 2 AND gone * 2 > told THEN 'school'
    END AS why_provisional,
    _delivery,
    _sheet,
    _row
FROM judged
ORDER BY pupil NULLS LAST, series_urn NULLS LAST, start_date NULLS LAST, category NULLS LAST

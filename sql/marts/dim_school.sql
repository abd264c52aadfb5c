/*
title = "Schools as they were and are, one row for each time that something about them changed"
grain = "one school (URN) from one day to another"
key = ["urn", "valid_from"]
reads = ["gias_academies", "gias_schools"]

[columns]
urn = "Unique reference number of the school, six digits."
laestab = "Authority and establishment number, seven digits. A school and its successor may share it; NULL where not recorded."
la_code = "Three-digit authority code, 933 for Somerset."
la_name = "Name of the authority as this download printed it."
name = "Name of the school."
type = "Type of establishment, such as Academy converter."
phase = "primary, secondary, all_through, special, alternative_provision, 16_plus or other. The latest known, not its history."
counts_as = "Phase that its pupils, suspensions and absence count under: primary, secondary, special, pru, nursery or other; NULL where GIAS does not tell. All-through schools are secondary, middle schools what they are deemed. The latest known."
is_in_totals = "Whether figures of an authority count it: state-funded primary, secondary and special schools, non-maintained special ones among them, as the published measures do; NULL where GIAS does not tell."
status = "Open, Closed, or Open, but proposed to close."
open_date = "Day on which it opened. The latest known, not its history; NULL where never recorded."
close_date = "Day on which it closed; NULL while open."
valid_from = "First day for which this row stands. For the first row of a school the day it opened, or 1900-01-01 where that is not recorded: what it was before our first download is not known."
valid_to = "Last day for which this row stands; NULL on the current row."
is_current = "True on the one row of each school that stands now: join on it with urn alone."
first_seen = "Day of the first download that showed it so."
last_seen = "Day of the last download that showed it so."
_delivery = "The delivery that first showed it so: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH observation AS (
    -- Downloads of the academies extract: each is a whole picture of one day.
    SELECT
        urn,
        la_code || CAST(establishmentnumber AS VARCHAR) AS laestab,
        la_code,
        la_name,
        establishmentname AS name,
        typeofestablishment_name AS type,
        CASE
            WHEN lower(typeofestablishment_name) LIKE '%special%' THEN 'special'
            WHEN lower(typeofestablishment_name) LIKE '%alternative provision%' THEN 'alternative_provision'
            WHEN phaseofeducation_name IN ('Primary', 'Middle deemed primary') THEN 'primary'
            WHEN phaseofeducation_name IN ('Secondary', 'Middle deemed secondary') THEN 'secondary'
            WHEN phaseofeducation_name = 'All-through' THEN 'all_through'
            WHEN phaseofeducation_name = '16 plus' THEN '16_plus'
            ELSE 'other'
        END AS phase,
        lower(typeofestablishment_name) AS said_type,
        phaseofeducation_name AS said_phase,
        CAST(NULL AS VARCHAR) AS taught_phase,
        establishmentstatus_name AS status,
        opendate AS open_date,
        CAST(NULL AS DATE) AS close_date,
        snapshot_date AS seen_on,
        1 AS preference,
        _received_at,
        _superseded,
        _delivery,
        _sheet,
        _row
    FROM mart.gias_academies

    UNION ALL

    -- The extract of every school, and school information of the performance tables, known by the day it was received.
    SELECT
        urn,
        coalesce(laestab, la || lpad(CAST(estab AS VARCHAR), 4, '0')) AS laestab,
        la AS la_code,
        laname AS la_name,
        schname AS name,
        schooltype AS type,
        CASE
            WHEN minorgroup = 'Special school' OR lower(schooltype) LIKE '%special%' THEN 'special'
            WHEN phase IS NOT NULL AND (lower(schooltype) LIKE '%alternative provision%' OR lower(schooltype) = 'pupil referral unit')
                THEN 'alternative_provision'
            WHEN phase IN ('Primary', 'Middle deemed primary') THEN 'primary'
            WHEN phase IN ('Secondary', 'Middle deemed secondary') THEN 'secondary'
            WHEN phase = 'All-through' THEN 'all_through'
            WHEN phase = '16 plus' THEN '16_plus'
            WHEN isprimary AND issecondary THEN 'all_through'
            WHEN isprimary THEN 'primary'
            WHEN issecondary THEN 'secondary'
            WHEN ispost16 THEN '16_plus'
            ELSE 'other'
        END AS phase,
        CASE WHEN minorgroup = 'Special school' THEN 'special: ' ELSE '' END || lower(schooltype) AS said_type,
        phase AS said_phase,
        -- The performance tables print no phase, and say what is taught.
        CASE
            WHEN phase IS NOT NULL THEN NULL
            WHEN issecondary THEN 'Secondary'
            WHEN isprimary THEN 'Primary'
            WHEN ispost16 THEN '16 plus'
        END AS taught_phase,
        schstatus AS status,
        opendate AS open_date,
        closedate AS close_date,
        CAST(_received_at AS DATE) AS seen_on,
        2 AS preference,
        _received_at,
        _superseded,
        _delivery,
        _sheet,
        _row
    FROM mart.gias_schools
),

daily AS (
    -- One picture of a school a day: the academies extract first, then the later delivery.
    SELECT
        observation.*,
        row_number() OVER (
            PARTITION BY urn, seen_on
            ORDER BY preference NULLS LAST, _received_at DESC NULLS LAST, _superseded NULLS LAST, _delivery DESC NULLS LAST, _row NULLS LAST
        ) AS choice
    FROM observation
),

-- Which schools count for what, in this one place. The published measures (DfE, Pupil exclusion statistics: methodology, and
-- the files: Somerset 2016/17, 39,234 + 29,395 + 592 = 69,221 pupils) count state-funded primary, secondary and special schools;
-- referral units and other alternative provision, nurseries, and what the state does not fund stand apart. School by school the
-- release of 2016/17 has non-maintained special schools (55 of them) under special, and all-through schools and schools for 16 to
-- 19 under secondary: so do we.
counted AS (
    SELECT
        daily.*,
        CASE
            WHEN said_type LIKE '%alternative provision%' OR said_type LIKE '%pupil referral unit%' THEN 'pru'
            WHEN said_type LIKE '%nursery%' OR said_phase = 'Nursery' THEN 'nursery'
            WHEN said_type LIKE '%independent%'
                OR said_type LIKE '%offshore%'
                OR said_type LIKE '%overseas%'
                OR said_type LIKE '%welsh%'
                OR said_type LIKE '%secure%'
                OR said_type LIKE '%service children%'
                OR said_type LIKE '%post 16%'
                OR said_type LIKE '%further education%'
                OR said_type LIKE '%sixth form cent%'
                OR said_type LIKE '%higher education%'
                OR said_type LIKE '%online provider%'
                OR said_type LIKE '%international%'
                OR said_type LIKE '%european%'
                OR said_type LIKE '%other government%'
                OR said_type LIKE '%miscellaneous%'
                THEN 'other'
            WHEN said_type LIKE '%special%' THEN 'special'
            WHEN COALESCE(said_phase, taught_phase) IN ('Primary', 'Middle deemed primary') THEN 'primary'
            WHEN COALESCE(said_phase, taught_phase) IN ('Secondary', 'Middle deemed secondary', 'All-through', '16 plus') THEN 'secondary'
        END AS counts_as
    FROM daily
    WHERE choice = 1
),

latest_count AS (
    SELECT
        urn,
        counts_as,
        row_number() OVER (PARTITION BY urn ORDER BY seen_on DESC NULLS LAST) AS choice
    FROM counted
    WHERE counts_as IS NOT NULL
),

latest AS (
    -- Phase and opening day as the best source last said: the sources word the one and leave out the other.
    SELECT
        urn,
        phase,
        row_number() OVER (PARTITION BY urn ORDER BY preference NULLS LAST, seen_on DESC NULLS LAST) AS choice
    FROM daily
    WHERE choice = 1
),

opened AS (
    SELECT
        urn,
        open_date,
        row_number() OVER (PARTITION BY urn ORDER BY seen_on DESC NULLS LAST) AS choice
    FROM daily
    WHERE choice = 1
        AND open_date IS NOT NULL
),

compared AS (
    SELECT
        daily.*,
        CASE
            WHEN lag(seen_on) OVER (PARTITION BY urn ORDER BY seen_on NULLS LAST) IS NOT NULL
                AND laestab IS NOT DISTINCT FROM lag(laestab) OVER (PARTITION BY urn ORDER BY seen_on NULLS LAST)
                AND la_code IS NOT DISTINCT FROM lag(la_code) OVER (PARTITION BY urn ORDER BY seen_on NULLS LAST)
                AND name IS NOT DISTINCT FROM lag(name) OVER (PARTITION BY urn ORDER BY seen_on NULLS LAST)
                AND type IS NOT DISTINCT FROM lag(type) OVER (PARTITION BY urn ORDER BY seen_on NULLS LAST)
                AND status IS NOT DISTINCT FROM lag(status) OVER (PARTITION BY urn ORDER BY seen_on NULLS LAST)
                AND close_date IS NOT DISTINCT FROM lag(close_date) OVER (PARTITION BY urn ORDER BY seen_on NULLS LAST)
                THEN 0
            ELSE 1
        END AS is_change
    FROM daily
    WHERE choice = 1
),

numbered AS (
    SELECT
        compared.*,
        sum(is_change) OVER (
            PARTITION BY urn
            ORDER BY seen_on NULLS LAST
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS version
    FROM compared
),

seen AS (
    SELECT
        urn,
        version,
        min(seen_on) AS first_seen,
        max(seen_on) AS last_seen
    FROM numbered
    GROUP BY urn, version
)

SELECT
    numbered.urn,
    numbered.laestab,
    numbered.la_code,
    numbered.la_name,
    numbered.name,
    numbered.type,
    latest.phase,
    latest_count.counts_as,
    latest_count.counts_as IN ('primary', 'secondary', 'special') AS is_in_totals,
    numbered.status,
    opened.open_date,
    numbered.close_date,
    CASE
        WHEN numbered.version > 1 THEN seen.first_seen
        WHEN opened.open_date IS NULL THEN DATE '1900-01-01'
        WHEN opened.open_date < seen.first_seen THEN opened.open_date
        ELSE seen.first_seen
    END AS valid_from,
    CAST(lead(seen.first_seen) OVER (PARTITION BY numbered.urn ORDER BY numbered.version NULLS LAST) - INTERVAL '1' DAY AS DATE) AS valid_to,
    lead(seen.first_seen) OVER (PARTITION BY numbered.urn ORDER BY numbered.version NULLS LAST) IS NULL AS is_current,
    seen.first_seen,
    seen.last_seen,
    numbered._delivery,
    numbered._sheet,
    numbered._row
FROM numbered
INNER JOIN seen
    ON seen.urn = numbered.urn
    AND seen.version = numbered.version
    AND seen.first_seen = numbered.seen_on
LEFT JOIN latest
    ON latest.urn = numbered.urn
    AND latest.choice = 1
LEFT JOIN latest_count
    ON latest_count.urn = numbered.urn
    AND latest_count.choice = 1
LEFT JOIN opened
    ON opened.urn = numbered.urn
    AND opened.choice = 1
ORDER BY numbered.urn NULLS LAST, numbered.version NULLS LAST

/*
title = "Schools with their attributes over time, from Get Information about Schools"
grain = "one school (URN) for each stretch of days in which its attributes did not change"
key = ["urn", "valid_from"]
reads = ["gias_schools", "gias_academies"]

[columns]
urn = "Unique reference number, six digits."
laestab = "Authority and establishment number, seven digits; a school and its successor may share it."
la_code = "Three-digit authority code."
name = "Name of the school."
type = "Type of school."
phase = "Phase of education; NULL where the source does not say."
status = "Open, closed, or proposed."
open_date = "Day on which it opened."
close_date = "Day on which it closed; NULL while open."
valid_from = "First day on which these attributes are known to hold."
valid_to = "Last day on which they are known to hold; NULL for the current ones."
is_current = "True for the newest attributes of the school."
*/
WITH seen AS (
    SELECT
        urn,
        laestab,
        la AS la_code,
        schname AS name,
        schooltype AS type,
        CAST(NULL AS VARCHAR) AS phase,
        schstatus AS status,
        opendate AS open_date,
        closedate AS close_date,
        CAST(_received_at AS DATE) AS seen_on,
        1 AS source_rank
    FROM mart.gias_schools
    WHERE NOT _superseded

    UNION ALL

    SELECT
        urn,
        la_code || lpad(CAST(establishmentnumber AS VARCHAR), 4, '0') AS laestab,
        la_code,
        establishmentname AS name,
        typeofestablishment_name AS type,
        phaseofeducation_name AS phase,
        establishmentstatus_name AS status,
        opendate AS open_date,
        CAST(NULL AS DATE) AS close_date,
        snapshot_date AS seen_on,
        2 AS source_rank
    FROM mart.gias_academies
),

-- One row for each school and day: the extract of academies says more than the list of all schools.
daily AS (
    SELECT
        seen.*,
        row_number() OVER (PARTITION BY urn, seen_on ORDER BY source_rank DESC NULLS LAST, name NULLS LAST) AS choice
    FROM seen
),

compared AS (
    SELECT
        daily.*,
        concat_ws('|', laestab, la_code, name, type, phase, status, CAST(open_date AS VARCHAR), CAST(close_date AS VARCHAR)) AS attributes,
        lag(concat_ws('|', laestab, la_code, name, type, phase, status, CAST(open_date AS VARCHAR), CAST(close_date AS VARCHAR)))
            OVER (PARTITION BY urn ORDER BY seen_on NULLS LAST) AS attributes_before
    FROM daily
    WHERE choice = 1
),

changed AS (
    SELECT
        compared.*,
        lead(seen_on) OVER (PARTITION BY urn ORDER BY seen_on NULLS LAST) AS next_on
    FROM compared
    WHERE attributes_before IS NULL OR attributes <> attributes_before
)

SELECT
    urn,
    laestab,
    la_code,
    name,
    type,
    phase,
    status,
    open_date,
    close_date,
    seen_on AS valid_from,
    CAST(next_on - INTERVAL 1 DAY AS DATE) AS valid_to,
    next_on IS NULL AS is_current
FROM changed
ORDER BY urn NULLS LAST, valid_from NULLS LAST

/*
title = "Which pupil each record of a school census is, also where it has no number"
grain = "one record of one pupil at one school in one school census, on roll or no longer"
key = ["academic_year", "term", "native_id", "roll", "record_id", "source_id"]
reads = ["dim_pupil_upn", "fct_census_school"]

[columns]
academic_year = "Academic year of the census, such as 2024/25."
term = "Term of the census: autumn, spring or summer."
census = "Position of the census in time: academic year × 3 + 0 autumn, 1 spring, 2 summer."
native_id = "The school's number in COLLECT, within this census."
roll = "on: on roll; off: no longer on roll."
record_id = "The pupil's row of that table in COLLECT (pseudonym): it means nothing outside this census."
source_id = "The source record of the row (pseudonym): a pupil who left twice has one row and two of these."
series_urn = "Unique reference number under which the school's figures stand through the years."
pupil = "Pseudonym that stands for the pupil under all numbers. Without a number: that of the pupil who is found, else one that begins with `unnumbered`."
matched_by = "How: upn; uln; stay (the one pupil of that school, month of birth, sex and day of entry); nothing: the record stands for itself, in this census alone."
has_number = "Whether the record has a unique pupil number."
*/
WITH record AS (
    SELECT
        academic_year, term, native_id, 'on' AS roll, pupil_on_roll_id AS record_id, source_id,
        upn, uln, date_of_birth, sex, entry_date
    FROM conformed.school_census_pupil_on_roll
    WHERE NOT _superseded
    UNION ALL
    SELECT
        academic_year, term, native_id, 'off' AS roll, pupil_no_longer_on_roll_id AS record_id, source_id,
        upn, uln, date_of_birth, sex, entry_date
    FROM conformed.school_census_pupil_no_longer_on_roll
    WHERE NOT _superseded
),

placed AS (
    SELECT
        record.*,
        census_number(record.academic_year, record.term) AS census,
        school.series_urn,
        COALESCE(number_of.pupil, record.upn) AS numbered
    FROM record
    LEFT JOIN mart.fct_census_school AS school
        ON school.academic_year = record.academic_year
        AND school.term = record.term
        AND school.native_id = record.native_id
    LEFT JOIN mart.dim_pupil_upn AS number_of ON number_of.upn = record.upn
),

by_uln AS (
    SELECT uln, min(numbered) AS pupil
    FROM placed
    WHERE uln IS NOT NULL
        AND numbered IS NOT NULL
    GROUP BY uln
    HAVING count(DISTINCT numbered) = 1
),

-- Records without a number that the stay at the school may tell: by school, month of birth, sex and day of entry.
unnumbered AS (
    SELECT
        placed.*,
        academic_year || ' ' || term || ' ' || native_id || ' ' || roll || ' ' || record_id || ' ' || source_id AS own
    FROM placed
    WHERE numbered IS NULL
),

stay AS (
    SELECT series_urn, date_of_birth, sex, entry_date, min(first_own) AS own, max(records) AS most
    FROM (
        SELECT series_urn, date_of_birth, sex, entry_date, census, min(own) AS first_own, count(*) AS records
        FROM unnumbered
        WHERE series_urn IS NOT NULL
            AND date_of_birth IS NOT NULL
            AND sex IS NOT NULL
            AND entry_date IS NOT NULL
        GROUP BY series_urn, date_of_birth, sex, entry_date, census
    ) AS of_census
    GROUP BY series_urn, date_of_birth, sex, entry_date
),

-- A pupil with a number who had such a stay too, and is in none of the censuses that have it without one.
candidate AS (
    SELECT stay.series_urn, stay.date_of_birth, stay.sex, stay.entry_date, min(other.numbered) AS pupil
    FROM stay
    INNER JOIN placed AS other
        ON other.series_urn = stay.series_urn
        AND other.date_of_birth = stay.date_of_birth
        AND other.sex = stay.sex
        AND other.entry_date = stay.entry_date
        AND other.numbered IS NOT NULL
    WHERE stay.most = 1
        AND NOT EXISTS (
            SELECT 1
            FROM unnumbered
            INNER JOIN placed AS beside
                ON beside.census = unnumbered.census
                AND beside.series_urn = unnumbered.series_urn
            WHERE unnumbered.series_urn = stay.series_urn
                AND unnumbered.date_of_birth = stay.date_of_birth
                AND unnumbered.sex = stay.sex
                AND unnumbered.entry_date = stay.entry_date
                AND beside.numbered = other.numbered
        )
    GROUP BY stay.series_urn, stay.date_of_birth, stay.sex, stay.entry_date
    HAVING count(DISTINCT other.numbered) = 1
),

found AS (
    SELECT
        unnumbered.academic_year,
        unnumbered.term,
        unnumbered.native_id,
        unnumbered.roll,
        unnumbered.record_id,
        unnumbered.source_id,
        COALESCE(by_uln.pupil, candidate.pupil, 'unnumbered ' || COALESCE(stay.own, unnumbered.own)) AS pupil,
        CASE
            WHEN by_uln.pupil IS NOT NULL THEN 'uln'
            WHEN stay.own IS NOT NULL THEN 'stay'
            ELSE 'nothing'
        END AS matched_by
    FROM unnumbered
    LEFT JOIN by_uln ON by_uln.uln = unnumbered.uln
    LEFT JOIN stay
        ON stay.series_urn = unnumbered.series_urn
        AND stay.date_of_birth = unnumbered.date_of_birth
        AND stay.sex = unnumbered.sex
        AND stay.entry_date = unnumbered.entry_date
        AND stay.most = 1
    LEFT JOIN candidate
        ON candidate.series_urn = unnumbered.series_urn
        AND candidate.date_of_birth = unnumbered.date_of_birth
        AND candidate.sex = unnumbered.sex
        AND candidate.entry_date = unnumbered.entry_date
)

SELECT
    placed.academic_year,
    placed.term,
    placed.census,
    placed.native_id,
    placed.roll,
    placed.record_id,
    placed.source_id,
    placed.series_urn,
    COALESCE(placed.numbered, found.pupil) AS pupil,
    CASE WHEN placed.numbered IS NULL THEN found.matched_by ELSE 'upn' END AS matched_by,
    placed.numbered IS NOT NULL AS has_number
FROM placed
LEFT JOIN found
    ON found.academic_year = placed.academic_year
    AND found.term = placed.term
    AND found.native_id = placed.native_id
    AND found.roll = placed.roll
    AND found.record_id = placed.record_id
    AND found.source_id = placed.source_id
ORDER BY
    placed.academic_year NULLS LAST,
    placed.term NULLS LAST,
    placed.native_id NULLS LAST,
    placed.roll NULLS LAST,
    placed.record_id NULLS LAST,
    placed.source_id NULLS LAST

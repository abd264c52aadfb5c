/*
title = "Pupils, each once"
grain = "one pupil whom a school census has, on roll or gone"
key = ["pupil"]
reads = ["dim_pupil_record", "dim_pupil_upn", "fct_census_school"]

[columns]
pupil = "Pseudonym that stands for the pupil under all numbers: see dim_pupil_upn, and dim_pupil_record for one without a number."
sex = "M or F, as the last census that says it."
birth_month = "First day of the month of birth, as the last census that says it."
ethnicity = "Ethnicity, CBDS code, as the last census that says it. Only the spring census asks: NULL for pupils who joined after the last one or left before the first."
first_seen = "Day of the first census that has the pupil."
last_seen = "Day of the last census that has the pupil."
last_series_urn = "Unique reference number under which the school of that census stands: see dim_school_series."
last_la_code = "Three-digit authority code of that school."
is_on_roll = "Whether that last census has the pupil on roll."
censuses = "Censuses that have the pupil (number)."
schools = "Schools that have had the pupil, by the number under which they stand (number)."
upns = "Numbers that the pupil has had (number); 0 for one without."
differs = "Whether censuses say different months of birth or sexes: one number given to two pupils looks like this."
*/
WITH told AS (
    SELECT academic_year, term, native_id, 'on' AS roll, pupil_on_roll_id AS record_id, sex, date_of_birth, ethnicity, TRUE AS is_on_roll, source_id
    FROM conformed.school_census_pupil_on_roll
    WHERE NOT _superseded
    UNION ALL
    SELECT academic_year, term, native_id, 'off' AS roll, pupil_no_longer_on_roll_id AS record_id, sex, date_of_birth, ethnicity, FALSE AS is_on_roll, source_id
    FROM conformed.school_census_pupil_no_longer_on_roll
    WHERE NOT _superseded
),

placed AS (
    SELECT
        pupil_record.pupil,
        COALESCE(number_of.numbers, 0) AS numbers,
        told.sex,
        told.date_of_birth,
        told.ethnicity,
        told.is_on_roll,
        told.source_id,
        school.census,
        school.reference_date,
        school.series_urn,
        school.la_code
    FROM told
    INNER JOIN mart.dim_pupil_record AS pupil_record
        ON pupil_record.academic_year = told.academic_year
        AND pupil_record.term = told.term
        AND pupil_record.native_id = told.native_id
        AND pupil_record.roll = told.roll
        AND pupil_record.record_id = told.record_id
        AND pupil_record.source_id = told.source_id
    LEFT JOIN mart.dim_pupil_upn AS number_of ON number_of.upn = pupil_record.pupil
    LEFT JOIN mart.fct_census_school AS school
        ON school.academic_year = told.academic_year
        AND school.term = told.term
        AND school.native_id = told.native_id
),

-- For each fact the last census that says it, the roll before those who left.
ranked AS (
    SELECT
        placed.*,
        row_number() OVER (
            PARTITION BY pupil
            ORDER BY census DESC NULLS LAST, is_on_roll DESC NULLS LAST, series_urn NULLS LAST, source_id NULLS LAST
        ) AS last_of_all,
        row_number() OVER (
            PARTITION BY pupil
            ORDER BY
                CASE WHEN sex IS NULL THEN 1 ELSE 0 END NULLS LAST,
                census DESC NULLS LAST,
                is_on_roll DESC NULLS LAST,
                series_urn NULLS LAST,
                source_id NULLS LAST
        ) AS last_of_sex,
        row_number() OVER (
            PARTITION BY pupil
            ORDER BY
                CASE WHEN date_of_birth IS NULL THEN 1 ELSE 0 END NULLS LAST,
                census DESC NULLS LAST,
                is_on_roll DESC NULLS LAST,
                series_urn NULLS LAST,
                source_id NULLS LAST
        ) AS last_of_birth,
        row_number() OVER (
            PARTITION BY pupil
            ORDER BY
                CASE WHEN ethnicity IS NULL THEN 1 ELSE 0 END NULLS LAST,
                census DESC NULLS LAST,
                is_on_roll DESC NULLS LAST,
                series_urn NULLS LAST,
                source_id NULLS LAST
        ) AS last_of_ethnicity
    FROM placed
)

SELECT
    pupil,
    max(CASE WHEN last_of_sex = 1 THEN sex END) AS sex,
    max(CASE WHEN last_of_birth = 1 THEN date_of_birth END) AS birth_month,
    max(CASE WHEN last_of_ethnicity = 1 THEN ethnicity END) AS ethnicity,
    min(reference_date) AS first_seen,
    max(reference_date) AS last_seen,
    max(CASE WHEN last_of_all = 1 THEN series_urn END) AS last_series_urn,
    max(CASE WHEN last_of_all = 1 THEN la_code END) AS last_la_code,
    bool_or(last_of_all = 1 AND is_on_roll) AS is_on_roll,
    CAST(count(DISTINCT census) AS BIGINT) AS censuses,
    CAST(count(DISTINCT series_urn) AS BIGINT) AS schools,
    CAST(max(numbers) AS BIGINT) AS upns,
    count(DISTINCT sex) > 1 OR count(DISTINCT date_of_birth) > 1 AS differs
FROM ranked
GROUP BY pupil
ORDER BY pupil NULLS LAST

/*
title = "Published absence, by place, term, phase and characteristic"
grain = "one row of a published file; of persistent and severe absentees the two rows of one place together"
key = ["_delivery", "_row"]
reads = ["published_absence_by_geography", "published_absence_by_characteristic", "published_absence_four_year_olds", "published_absence_persistent_severe"]

[columns]
period = "Academic year, or a term of it (2024/25 autumn)."
geography_level = "nation, region, authority or school."
geography_code = "GSS code of a nation or region, three digits of an authority, LAESTAB of a school."
geography_name = "As printed; blank where nothing is."
breakdown = "total, phase=primary, sen=K, need=SEMH, age=4, or another characteristic as printed, several with commas."
enrolments = "Enrolments (number)."
enrolments_reason = "Why there is none."
sess_possible = "Possible sessions (number)."
sess_possible_reason = "Why there is none."
sess_overall = "Sessions missed (number)."
sess_overall_reason = "Why there is none."
sess_overall_percent = "Printed for each 100 (per cent)."
sess_authorised = "Authorised sessions missed (number)."
sess_authorised_reason = "Why there is none."
sess_authorised_percent = "Printed for each 100 (per cent)."
sess_unauthorised = "Unauthorised sessions missed (number)."
sess_unauthorised_reason = "Why there is none."
sess_unauthorised_percent = "Printed for each 100 (per cent)."
enrolments_pa_10_exact = "Enrolments that missed 10 % or more of their own sessions (number)."
enrolments_pa_10_exact_reason = "Why there is none."
enrolments_pa_10_exact_percent = "Printed for each 100 (per cent)."
enrolments_pa_50_exact = "Enrolments that missed 50 % or more of their own sessions (number)."
enrolments_pa_50_exact_reason = "Why there is none."
enrolments_pa_50_exact_percent = "Printed for each 100 (per cent)."
_delivery = "The delivery that has the row."
_sheet = "Its sheet; none in text."
_row = "Its row, 1-based."
_superseded = "Whether a later delivery has replaced the row."
*/
WITH need AS (
    -- Needs as the school census codes them, by what publications print.
    SELECT 'ASD' AS code, 'autistic spectrum disorder' AS printed
    UNION ALL SELECT 'DS', 'down syndrome'
    UNION ALL SELECT 'HI', 'hearing impairment'
    UNION ALL SELECT 'MLD', 'moderate learning difficulty'
    UNION ALL SELECT 'MSI', 'multi-sensory impairment'
    UNION ALL SELECT 'MSI', 'multisensory impairment'
    UNION ALL SELECT 'NSA', 'no specialist assessment'
    UNION ALL SELECT 'NSA', 'sen support but no specialist assessment of type of need'
    UNION ALL SELECT 'OTH', 'other difficulty/disability'
    UNION ALL SELECT 'OTH', 'other difficulty / disability'
    UNION ALL SELECT 'PD', 'physical disability'
    UNION ALL SELECT 'PMLD', 'profound and multiple learning difficulty'
    UNION ALL SELECT 'PMLD', 'profound & multiple learning difficulty'
    UNION ALL SELECT 'SEMH', 'social, emotional and mental health'
    UNION ALL SELECT 'SLCN', 'speech, language and communications needs'
    UNION ALL SELECT 'SLCN', 'speech, language and communication needs'
    UNION ALL SELECT 'SLD', 'severe learning difficulty'
    UNION ALL SELECT 'SPLD', 'specific learning difficulty'
    UNION ALL SELECT 'VI', 'visual impairment'
    UNION ALL SELECT 'VI', 'vision impairment'
),

place AS (
    SELECT
        period_of(told.period, told.time_identifier) AS period,
        CASE told.geographic_level
            WHEN 'National' THEN 'nation'
            WHEN 'Regional' THEN 'region'
            WHEN 'Local authority' THEN 'authority'
            WHEN 'School' THEN 'school'
        END AS geography_level,
        CASE told.geographic_level
            WHEN 'National' THEN told.country_code
            WHEN 'Regional' THEN told.region_code
            WHEN 'Local authority' THEN told.old_la_code
            WHEN 'School' THEN told.school_laestab
        END AS geography_code,
        CASE told.geographic_level
            WHEN 'National' THEN told.country_name
            WHEN 'Regional' THEN told.region_name
            WHEN 'Local authority' THEN told.la_name
            WHEN 'School' THEN told.school_name
        END AS geography_name,
        time_breakdown(told.time_identifier) AS of_time,
        CASE
            WHEN lower(told.half_terms) LIKE 'five%' THEN ', half_terms=five'
            ELSE ''
        END AS of_half_terms,
        CASE
            WHEN told.geographic_level = 'School'
                AND count(*) OVER (PARTITION BY told._delivery, told.period, told.time_identifier, told.half_terms, told.geographic_level, told.school_laestab) = 1 THEN ''
            ELSE phase_breakdown(told.education_phase)
        END AS of_phase,
        told.enrolments,
        told.enrolments_reason,
        told.sess_possible,
        told.sess_possible_reason,
        told.sess_overall,
        told.sess_overall_reason,
        told.sess_overall_percent,
        told.sess_authorised,
        told.sess_authorised_reason,
        told.sess_authorised_percent,
        told.sess_unauthorised,
        told.sess_unauthorised_reason,
        told.sess_unauthorised_percent,
        told.enrolments_pa_10_exact,
        told.enrolments_pa_10_exact_reason,
        told.enrolments_pa_10_exact_percent,
        told.enrolments_pa_50_exact,
        told.enrolments_pa_50_exact_reason,
        told.enrolments_pa_50_exact_percent,
        told._delivery,
        told._sheet,
        told._row,
        told._superseded
    FROM mart.published_absence_by_geography AS told
),

four_year_olds AS (
    SELECT
        period_of(told.period, told.time_identifier) AS period,
        CASE told.geographic_level
            WHEN 'National' THEN 'nation'
            WHEN 'Regional' THEN 'region'
            WHEN 'Local authority' THEN 'authority'
            WHEN 'School' THEN 'school'
        END AS geography_level,
        CASE told.geographic_level
            WHEN 'National' THEN told.country_code
            WHEN 'Regional' THEN told.region_code
            WHEN 'Local authority' THEN told.old_la_code
        END AS geography_code,
        CASE told.geographic_level
            WHEN 'National' THEN told.country_name
            WHEN 'Regional' THEN told.region_name
            WHEN 'Local authority' THEN told.la_name
        END AS geography_name,
        time_breakdown(told.time_identifier) AS of_time,
        CASE
            WHEN lower(told.half_terms) LIKE 'five%' THEN ', half_terms=five'
            ELSE ''
        END AS of_half_terms,
        phase_breakdown(told.education_phase) AS of_phase,
        told.enrolments,
        told.enrolments_reason,
        told.sess_possible,
        told.sess_possible_reason,
        told.sess_overall,
        told.sess_overall_reason,
        told.sess_overall_percent,
        CAST(NULL AS BIGINT) AS sess_authorised,
        'unavailable' AS sess_authorised_reason,
        CAST(NULL AS DECIMAL(20, 12)) AS sess_authorised_percent,
        CAST(NULL AS BIGINT) AS sess_unauthorised,
        'unavailable' AS sess_unauthorised_reason,
        CAST(NULL AS DECIMAL(20, 12)) AS sess_unauthorised_percent,
        CAST(NULL AS BIGINT) AS enrolments_pa_10_exact,
        'unavailable' AS enrolments_pa_10_exact_reason,
        CAST(NULL AS DECIMAL(20, 12)) AS enrolments_pa_10_exact_percent,
        CAST(NULL AS BIGINT) AS enrolments_pa_50_exact,
        'unavailable' AS enrolments_pa_50_exact_reason,
        CAST(NULL AS DECIMAL(20, 12)) AS enrolments_pa_50_exact_percent,
        told._delivery,
        told._sheet,
        told._row,
        told._superseded
    FROM mart.published_absence_four_year_olds AS told
),

characteristic AS (
    SELECT
        period_of(told.period, told.time_identifier) AS period,
        CASE told.geographic_level
            WHEN 'National' THEN 'nation'
            WHEN 'Regional' THEN 'region'
            WHEN 'Local authority' THEN 'authority'
            WHEN 'School' THEN 'school'
        END AS geography_level,
        CASE told.geographic_level
            WHEN 'National' THEN told.country_code
            WHEN 'Regional' THEN told.region_code
            WHEN 'Local authority' THEN told.old_la_code
        END AS geography_code,
        CASE told.geographic_level
            WHEN 'National' THEN told.country_name
            WHEN 'Regional' THEN told.region_name
            WHEN 'Local authority' THEN told.la_name
        END AS geography_name,
        time_breakdown(told.time_identifier) AS of_time,
        CASE
            WHEN lower(told.half_terms) LIKE 'five%' THEN ', half_terms=five'
            ELSE ''
        END AS of_half_terms,
        phase_breakdown(told.education_phase) AS of_phase,
        CASE
            WHEN lower(told.characteristic_group) LIKE 'sen%' AND lower(told.characteristic) IN ('sen support', 'sen - sen support') THEN ', sen=K'
            WHEN lower(told.characteristic_group) LIKE 'sen%' AND lower(told.characteristic) IN ('no sen', 'no identified sen', 'sen - no sen') THEN ', sen=N'
            WHEN lower(told.characteristic_group) LIKE 'sen%' AND lower(told.characteristic) IN ('education, health and care plan', 'education, health and care plans', 'ehc plan', 'sen - statement or ehcp', 'statement or ehc plan', 'statement or ehc') THEN ', sen=E'
            WHEN need.code IS NOT NULL THEN ', need=' || need.code
            WHEN lower(told.characteristic_group) IN ('sex', 'gender') AND lower(told.characteristic) IN ('female', 'male') THEN ', sex=' || told.characteristic
        END AS of_code,
        ', ' || lower(replace(told.characteristic_group, ' ', '_')) || '=' || replace(told.characteristic, ',', '')
            || CASE WHEN told.second_characteristic IS NULL THEN '' ELSE ', with=' || replace(told.second_characteristic, ',', '') END AS of_text,
        told.enrolments,
        told.enrolments_reason,
        told.sess_possible,
        told.sess_possible_reason,
        told.sess_overall,
        told.sess_overall_reason,
        told.sess_overall_percent,
        told.sess_authorised,
        told.sess_authorised_reason,
        told.sess_authorised_percent,
        told.sess_unauthorised,
        told.sess_unauthorised_reason,
        told.sess_unauthorised_percent,
        told.enrolments_pa_10_exact,
        told.enrolments_pa_10_exact_reason,
        told.enrolments_pa_10_exact_percent,
        told.enrolments_pa_50_exact,
        told.enrolments_pa_50_exact_reason,
        told.enrolments_pa_50_exact_percent,
        told._delivery,
        told._sheet,
        told._row,
        told._superseded
    FROM mart.published_absence_by_characteristic AS told
    LEFT JOIN need
        ON need.printed = lower(told.characteristic)
        AND lower(told.characteristic_group) LIKE 'sen%need%'
),

characteristic_once AS (
    -- Two texts of one file may be one code, such as a statement and a plan: then each keeps its text.
    SELECT
        characteristic.*,
        CASE
            WHEN of_code IS NULL THEN of_text
            WHEN count(*) OVER (PARTITION BY _delivery, period, of_time, of_half_terms, geography_level, geography_code, of_phase, of_code) > 1 THEN of_text
            ELSE of_code
        END AS of_characteristic
    FROM characteristic
),

absentees AS (
    SELECT
        told.period,
        told.time_identifier,
        told.geographic_level,
        told.country_code,
        told.country_name,
        told.region_code,
        told.region_name,
        told.old_la_code,
        told.la_name,
        told.education_phase,
        told._delivery,
        told._sheet,
        told._superseded,
        min(told._row) AS _row,
        max(CASE WHEN lower(told.absence_type) LIKE 'total%' THEN told.enrolment_count END) AS enrolments,
        max(CASE WHEN lower(told.absence_type) LIKE 'total%' THEN told.enrolment_count_reason END) AS enrolments_reason,
        max(CASE WHEN lower(told.absence_type) LIKE 'persistent%' THEN told.enrolment_count END) AS persistent,
        max(CASE WHEN lower(told.absence_type) LIKE 'persistent%' THEN told.enrolment_count_reason END) AS persistent_reason,
        max(CASE WHEN lower(told.absence_type) LIKE 'persistent%' THEN told.enrolment_percent END) AS persistent_percent,
        count(CASE WHEN lower(told.absence_type) LIKE 'persistent%' THEN 1 END) AS persistent_rows,
        max(CASE WHEN lower(told.absence_type) LIKE 'severe%' THEN told.enrolment_count END) AS severe,
        max(CASE WHEN lower(told.absence_type) LIKE 'severe%' THEN told.enrolment_count_reason END) AS severe_reason,
        max(CASE WHEN lower(told.absence_type) LIKE 'severe%' THEN told.enrolment_percent END) AS severe_percent,
        count(CASE WHEN lower(told.absence_type) LIKE 'severe%' THEN 1 END) AS severe_rows
    FROM mart.published_absence_persistent_severe AS told
    GROUP BY
        told.period, told.time_identifier, told.geographic_level, told.country_code, told.country_name, told.region_code, told.region_name,
        told.old_la_code, told.la_name, told.education_phase, told._delivery, told._sheet, told._superseded
),

persistent_severe AS (
    SELECT
        period_of(told.period, told.time_identifier) AS period,
        CASE told.geographic_level
            WHEN 'National' THEN 'nation'
            WHEN 'Regional' THEN 'region'
            WHEN 'Local authority' THEN 'authority'
            WHEN 'School' THEN 'school'
        END AS geography_level,
        CASE told.geographic_level
            WHEN 'National' THEN told.country_code
            WHEN 'Regional' THEN told.region_code
            WHEN 'Local authority' THEN told.old_la_code
        END AS geography_code,
        CASE told.geographic_level
            WHEN 'National' THEN told.country_name
            WHEN 'Regional' THEN told.region_name
            WHEN 'Local authority' THEN told.la_name
        END AS geography_name,
        time_breakdown(told.time_identifier) AS of_time,
        '' AS of_half_terms,
        phase_breakdown(told.education_phase) AS of_phase,
        told.enrolments,
        told.enrolments_reason,
        told.persistent,
        told.persistent_reason,
        told.persistent_percent,
        told.severe,
        told.severe_reason,
        told.severe_percent,
        told._delivery,
        told._sheet,
        told._row,
        told._superseded
    FROM absentees AS told
),

together AS (
    SELECT period, geography_level, geography_code, geography_name, of_time || of_half_terms || of_phase AS parts,
        enrolments, enrolments_reason, sess_possible, sess_possible_reason, sess_overall, sess_overall_reason, sess_overall_percent, sess_authorised, sess_authorised_reason, sess_authorised_percent, sess_unauthorised, sess_unauthorised_reason, sess_unauthorised_percent, enrolments_pa_10_exact, enrolments_pa_10_exact_reason, enrolments_pa_10_exact_percent, enrolments_pa_50_exact, enrolments_pa_50_exact_reason, enrolments_pa_50_exact_percent, _delivery, _sheet, _row, _superseded
    FROM place
    UNION ALL
    SELECT period, geography_level, geography_code, geography_name, ', age=4' || of_time || of_half_terms || of_phase AS parts,
        enrolments, enrolments_reason, sess_possible, sess_possible_reason, sess_overall, sess_overall_reason, sess_overall_percent, sess_authorised, sess_authorised_reason, sess_authorised_percent, sess_unauthorised, sess_unauthorised_reason, sess_unauthorised_percent, enrolments_pa_10_exact, enrolments_pa_10_exact_reason, enrolments_pa_10_exact_percent, enrolments_pa_50_exact, enrolments_pa_50_exact_reason, enrolments_pa_50_exact_percent, _delivery, _sheet, _row, _superseded
    FROM four_year_olds
    UNION ALL
    SELECT period, geography_level, geography_code, geography_name, of_characteristic || of_time || of_half_terms || of_phase AS parts,
        enrolments, enrolments_reason, sess_possible, sess_possible_reason, sess_overall, sess_overall_reason, sess_overall_percent, sess_authorised, sess_authorised_reason, sess_authorised_percent, sess_unauthorised, sess_unauthorised_reason, sess_unauthorised_percent, enrolments_pa_10_exact, enrolments_pa_10_exact_reason, enrolments_pa_10_exact_percent, enrolments_pa_50_exact, enrolments_pa_50_exact_reason, enrolments_pa_50_exact_percent, _delivery, _sheet, _row, _superseded
    FROM characteristic_once
    UNION ALL
    SELECT
        own.period,
        own.geography_level,
        own.geography_code,
        own.geography_name,
        own.of_time || own.of_phase AS parts,
        own.enrolments AS enrolments,
        CASE WHEN own.enrolments IS NULL THEN COALESCE(own.enrolments_reason, 'unavailable') END AS enrolments_reason,
        CAST(NULL AS BIGINT) AS sess_possible,
        'unavailable' AS sess_possible_reason,
        CAST(NULL AS BIGINT) AS sess_overall,
        'unavailable' AS sess_overall_reason,
        CAST(NULL AS DECIMAL(20, 12)) AS sess_overall_percent,
        CAST(NULL AS BIGINT) AS sess_authorised,
        'unavailable' AS sess_authorised_reason,
        CAST(NULL AS DECIMAL(20, 12)) AS sess_authorised_percent,
        CAST(NULL AS BIGINT) AS sess_unauthorised,
        'unavailable' AS sess_unauthorised_reason,
        CAST(NULL AS DECIMAL(20, 12)) AS sess_unauthorised_percent,
        own.persistent AS enrolments_pa_10_exact,
        CASE WHEN own.persistent IS NULL THEN COALESCE(own.persistent_reason, 'unavailable') END AS enrolments_pa_10_exact_reason,
        own.persistent_percent AS enrolments_pa_10_exact_percent,
        own.severe AS enrolments_pa_50_exact,
        CASE WHEN own.severe IS NULL THEN COALESCE(own.severe_reason, 'unavailable') END AS enrolments_pa_50_exact_reason,
        own.severe_percent AS enrolments_pa_50_exact_percent,
        own._delivery,
        own._sheet,
        own._row,
        -- The file of all absence has the same figures with more beside them: where it is in, it counts.
        own._superseded OR of_place.period IS NOT NULL AS _superseded
    FROM persistent_severe AS own
    LEFT JOIN (SELECT DISTINCT period, geography_level, geography_code, of_time, of_phase FROM place WHERE NOT _superseded AND of_half_terms = '') AS of_place
        ON of_place.period = own.period
        AND of_place.geography_level = own.geography_level
        AND of_place.geography_code = own.geography_code
        AND of_place.of_time = own.of_time
        AND of_place.of_phase = own.of_phase
)

SELECT
    period,
    geography_level,
    geography_code,
    geography_name,
    CASE WHEN parts = '' THEN 'total' ELSE substring(parts FROM 3) END AS breakdown,
    enrolments,
    enrolments_reason,
    sess_possible,
    sess_possible_reason,
    sess_overall,
    sess_overall_reason,
    sess_overall_percent,
    sess_authorised,
    sess_authorised_reason,
    sess_authorised_percent,
    sess_unauthorised,
    sess_unauthorised_reason,
    sess_unauthorised_percent,
    enrolments_pa_10_exact,
    enrolments_pa_10_exact_reason,
    enrolments_pa_10_exact_percent,
    enrolments_pa_50_exact,
    enrolments_pa_50_exact_reason,
    enrolments_pa_50_exact_percent,
    _delivery,
    _sheet,
    _row,
    _superseded
FROM together
-- A place that no code tells is no place of a KPI; it stands in the table of its file, with a fault.
WHERE geography_level IS NOT NULL
    AND geography_code IS NOT NULL
    AND (geography_level <> 'authority' OR (length(geography_code) = 3 AND TRY_CAST(geography_code AS BIGINT) IS NOT NULL))
    AND (geography_level <> 'school' OR (length(geography_code) = 7 AND TRY_CAST(geography_code AS BIGINT) IS NOT NULL))
    AND (geography_level NOT IN ('region', 'nation') OR length(geography_code) = 9)
ORDER BY _delivery NULLS LAST, _row NULLS LAST

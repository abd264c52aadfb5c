/*
title = "Published suspensions and permanent exclusions, by place, term, phase and characteristic"
grain = "one row of a published file"
key = ["_delivery", "_row"]
reads = ["dim_school", "published_exclusions_by_geography", "published_exclusions_by_characteristic"]

[columns]
period = "Academic year, or a term of it (2024/25 autumn)."
geography_level = "nation, region, authority or school."
geography_code = "GSS code of a nation or region, three digits of an authority, LAESTAB of a school."
geography_name = "As printed; blank where nothing is."
breakdown = "total, phase=primary, sen=K, need=SEMH, or another characteristic as printed, several with commas."
headcount = "Pupils on the January census, sole and dual main (number)."
headcount_reason = "Why there is none."
perm_excl = "Permanent exclusions (number)."
perm_excl_reason = "Why there is none."
perm_excl_rate = "Printed for each 100 pupils (per cent)."
suspension = "Suspensions (number)."
suspension_reason = "Why there is none."
susp_rate = "Printed for each 100 pupils (per cent)."
one_plus_susp = "Enrolments with a suspension (number)."
one_plus_susp_reason = "Why there is none."
one_plus_susp_rate = "Printed for each 100 pupils (per cent)."
_delivery = "The delivery that has the row."
_sheet = "Its sheet; none in text."
_row = "Its row, 1-based."
_superseded = "Whether a later delivery has replaced the row."
*/
WITH school_name AS (
    SELECT
        laestab,
        name,
        row_number() OVER (
            PARTITION BY laestab
            ORDER BY CASE WHEN status LIKE 'Open%' THEN 0 ELSE 1 END NULLS LAST, open_date DESC NULLS LAST, urn DESC NULLS LAST
        ) AS choice
    FROM mart.dim_school
    WHERE is_current
),

need AS (
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
            WHEN 'School' THEN COALESCE(school_name.name, told.school_name)
        END AS geography_name,
        time_breakdown(told.time_identifier) AS of_time,
        CASE
            -- Four schools of 2011/12 and 2012/13 stand twice, as primary and as secondary: these keep their phase.
            WHEN told.geographic_level = 'School'
                AND count(*) OVER (PARTITION BY told._delivery, told.period, told.time_identifier, told.geographic_level, told.school_laestab) = 1 THEN ''
            ELSE phase_breakdown(told.education_phase)
        END AS of_phase,
        told.headcount, told.headcount_reason, told.perm_excl, told.perm_excl_reason, told.perm_excl_rate, told.suspension,
        told.suspension_reason, told.susp_rate, told.one_plus_susp, told.one_plus_susp_reason, told.one_plus_susp_rate,
        told._delivery,
        told._sheet,
        told._row,
        told._superseded
    FROM mart.published_exclusions_by_geography AS told
    -- Only schools have a LAESTAB; a condition on their level here would make the join a nested loop.
    LEFT JOIN school_name
        ON school_name.laestab = told.school_laestab
        AND school_name.choice = 1
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
        told.headcount,
        told.headcount_reason,
        told.perm_excl,
        told.perm_excl_reason,
        told.perm_excl_rate,
        told.suspension,
        told.suspension_reason,
        told.susp_rate,
        told.one_plus_susp,
        told.one_plus_susp_reason,
        told.one_plus_susp_rate,
        told._delivery,
        told._sheet,
        told._row,
        told._superseded
    FROM mart.published_exclusions_by_characteristic AS told
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
            WHEN count(*) OVER (PARTITION BY _delivery, period, of_time, geography_level, geography_code, of_phase, of_code) > 1 THEN of_text
            ELSE of_code
        END AS of_characteristic
    FROM characteristic
),

together AS (
    SELECT period, geography_level, geography_code, geography_name, of_time || of_phase AS parts,
        headcount, headcount_reason, perm_excl, perm_excl_reason, perm_excl_rate, suspension, suspension_reason, susp_rate, one_plus_susp, one_plus_susp_reason, one_plus_susp_rate, _delivery, _sheet, _row, _superseded
    FROM place
    UNION ALL
    SELECT period, geography_level, geography_code, geography_name, of_characteristic || of_time || of_phase AS parts,
        headcount, headcount_reason, perm_excl, perm_excl_reason, perm_excl_rate, suspension, suspension_reason, susp_rate, one_plus_susp, one_plus_susp_reason, one_plus_susp_rate, _delivery, _sheet, _row, _superseded
    FROM characteristic_once
)

SELECT
    period,
    geography_level,
    geography_code,
    geography_name,
    CASE WHEN parts = '' THEN 'total' ELSE substring(parts FROM 3) END AS breakdown,
    headcount,
    headcount_reason,
    perm_excl,
    perm_excl_reason,
    perm_excl_rate,
    suspension,
    suspension_reason,
    susp_rate,
    one_plus_susp,
    one_plus_susp_reason,
    one_plus_susp_rate,
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

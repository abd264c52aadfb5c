/*
title = "Pupils with SEN support and with plans as published, by place, phase, establishment and need"
grain = "one row of a published file that tells how many pupils have a provision"
key = ["_delivery", "_row", "sen_provision"]
reads = ["dim_school", "published_sen_provision", "published_sen_by_need", "published_sen_school"]

[columns]
period = "Academic year."
geography_level = "nation, region, authority or school."
geography_code = "GSS code of a nation or region, three digits of an authority, LAESTAB of a school."
geography_name = "As printed; blank where nothing is."
breakdown = "total, phase=primary, need=ASD, establishment=…, hospital=Yes, several with commas."
sen_provision = "SEN support, EHC plan, All SEN or No identified SEN."
pupil_count = "Pupils with the provision, of a need where the breakdown names one (number)."
pupil_count_reason = "Why there is none."
all_pupils = "All pupils of the same place and schools (number); of a need those of state-funded schools and non-maintained special schools."
all_pupils_reason = "Why there is none."
pupil_percent = "Printed for each 100 pupils (per cent); none is printed of needs and of schools."
_delivery = "The delivery that has the row."
_sheet = "Its sheet; none in text."
_row = "Its row, 1-based."
_superseded = "Whether a later delivery has replaced the row."
*/
WITH provision AS (
    SELECT
        told.*,
        max(CASE WHEN told.sen_provision = 'Total' THEN told.pupil_count END) OVER (
            PARTITION BY told._delivery, told.period, told.time_identifier, told.geographic_level, told.region_code, told.old_la_code,
                told.phase, told.establishment_type, told.hospital_school
        ) AS all_pupils
    FROM mart.published_sen_provision AS told
),

school_urn AS (
    SELECT
        laestab,
        urn,
        name,
        row_number() OVER (
            PARTITION BY laestab
            ORDER BY CASE WHEN status LIKE 'Open%' THEN 0 ELSE 1 END NULLS LAST, open_date DESC NULLS LAST, urn DESC NULLS LAST
        ) AS choice
    FROM mart.dim_school
    WHERE is_current
),

on_roll AS (
    -- Needs are published of state-funded schools and non-maintained special schools: so are their pupils here.
    SELECT period, geographic_level, region_code, old_la_code, phase, sum(pupil_count) AS pupils
    FROM provision
    WHERE NOT _superseded
        AND sen_provision = 'Total'
        AND lower(establishment_type) = 'total'
        AND lower(hospital_school) = 'total'
        AND phase NOT IN ('Total', 'Independent')
    GROUP BY period, geographic_level, region_code, old_la_code, phase
    UNION ALL
    SELECT period, geographic_level, region_code, old_la_code, 'Total' AS phase, sum(pupil_count) AS pupils
    FROM provision
    WHERE NOT _superseded
        AND sen_provision = 'Total'
        AND lower(establishment_type) = 'total'
        AND lower(hospital_school) = 'total'
        AND phase NOT IN ('Total', 'Independent')
    GROUP BY period, geographic_level, region_code, old_la_code
),

by_need AS (
    SELECT
        told.*,
        row_number() OVER (
            PARTITION BY told.period, told.geographic_level, told.region_code, told.old_la_code, told.phase, told.sen_provision, told.sen_primary_need
            ORDER BY told._received_at DESC NULLS LAST, told.characteristic_group NULLS LAST, told._delivery NULLS LAST, told._row NULLS LAST
        ) AS choice
    FROM mart.published_sen_by_need AS told
    WHERE NOT told._superseded
        AND lower(told.characteristic) IN ('total', 'all pupils')
        AND (told.second_characteristic IS NULL OR lower(told.second_characteristic) = 'total')
        AND told.sen_primary_need NOT IN ('Total', 'UNKNOWN', 'NONE')
        AND told.sen_provision IN ('EHC plan', 'SEN support', 'All SEN')
),

together AS (
    SELECT
        told.period,
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
        CASE told.phase
            WHEN 'Total' THEN ''
            WHEN 'State-funded primary' THEN ', phase=primary'
            WHEN 'State-funded secondary' THEN ', phase=secondary'
            WHEN 'State-funded special' THEN ', phase=special'
            WHEN 'State-funded nursery' THEN ', phase=nursery'
            WHEN 'State-funded alternative provision' THEN ', phase=alternative provision'
            ELSE ', phase=' || lower(told.phase)
        END AS of_phase,
        CASE WHEN lower(told.establishment_type) = 'total' THEN '' ELSE ', establishment=' || replace(told.establishment_type, ',', '') END
            || CASE WHEN lower(told.hospital_school) = 'total' THEN '' ELSE ', hospital=' || told.hospital_school END AS of_kind,
        told.sen_provision,
        told.pupil_count,
        told.pupil_count_reason,
        told.all_pupils,
        CASE WHEN told.all_pupils IS NULL THEN 'unavailable' END AS all_pupils_reason,
        told.pupil_percent,
        told._delivery,
        told._sheet,
        told._row,
        told._superseded
    FROM provision AS told
    WHERE told.sen_provision <> 'Total'
    UNION ALL
    SELECT
        told.period,
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
        CASE told.phase
            WHEN 'Total' THEN ''
            WHEN 'State-funded primary' THEN ', phase=primary'
            WHEN 'State-funded secondary' THEN ', phase=secondary'
            WHEN 'State-funded special' THEN ', phase=special'
            WHEN 'State-funded nursery' THEN ', phase=nursery'
            WHEN 'State-funded alternative provision' THEN ', phase=alternative provision'
            ELSE ', phase=' || lower(told.phase)
        END AS of_phase,
        ', need=' || told.sen_primary_need AS of_kind,
        told.sen_provision,
        told.pupil_count,
        told.pupil_count_reason,
        CAST(on_roll.pupils AS BIGINT) AS all_pupils,
        CASE WHEN on_roll.pupils IS NULL THEN 'unavailable' END AS all_pupils_reason,
        CAST(NULL AS DECIMAL(24, 18)) AS pupil_percent,
        told._delivery,
        told._sheet,
        told._row,
        told._superseded
    FROM by_need AS told
    LEFT JOIN on_roll
        ON on_roll.period = told.period
        AND on_roll.geographic_level = told.geographic_level
        AND on_roll.region_code IS NOT DISTINCT FROM told.region_code
        AND on_roll.old_la_code IS NOT DISTINCT FROM told.old_la_code
        AND on_roll.phase = told.phase
    WHERE told.choice = 1
    UNION ALL
    SELECT
        told.period,
        'school' AS geography_level,
        -- R prints the URN 100000 as 1e+05: the LAESTAB beside it tells the school.
        CASE
            WHEN length(told.school_urn) = 6 AND TRY_CAST(told.school_urn AS BIGINT) IS NOT NULL THEN told.school_urn
            ELSE COALESCE(school_urn.urn, told.school_laestab)
        END AS geography_code,
        COALESCE(school_urn.name, told.school_name) AS geography_name,
        '' AS of_phase,
        '' AS of_kind,
        told.sen_provision,
        told.pupil_count,
        told.pupil_count_reason,
        max(CASE WHEN told.sen_provision = 'Total' THEN told.pupil_count END) OVER (PARTITION BY told._delivery, told.period, told.school_laestab) AS all_pupils,
        CAST(NULL AS VARCHAR) AS all_pupils_reason,
        CAST(NULL AS DECIMAL(24, 18)) AS pupil_percent,
        told._delivery,
        told._sheet,
        told._row,
        told._superseded
    FROM mart.published_sen_school AS told
    LEFT JOIN school_urn
        ON school_urn.laestab = told.school_laestab
        AND school_urn.choice = 1
    WHERE told.sen_primary_need = 'Total'
        AND lower(told.specialist_provision_unit_type) IN ('all pupils', 'total')
)

SELECT
    period,
    geography_level,
    geography_code,
    geography_name,
    CASE WHEN of_kind || of_phase = '' THEN 'total' ELSE substring(of_kind || of_phase FROM 3) END AS breakdown,
    sen_provision,
    pupil_count,
    pupil_count_reason,
    all_pupils,
    CASE WHEN all_pupils IS NULL THEN COALESCE(all_pupils_reason, 'unavailable') END AS all_pupils_reason,
    pupil_percent,
    _delivery,
    _sheet,
    _row,
    _superseded
FROM together
-- A place that no code tells is no place of a KPI; it stands in the table of its file, with a fault.
WHERE sen_provision <> 'Total'
    AND geography_level IS NOT NULL
    AND geography_code IS NOT NULL
    AND (geography_level <> 'authority' OR (length(geography_code) = 3 AND TRY_CAST(geography_code AS BIGINT) IS NOT NULL))
    AND (geography_level <> 'school' OR (length(geography_code) IN (6, 7) AND TRY_CAST(geography_code AS BIGINT) IS NOT NULL))
    AND (geography_level NOT IN ('region', 'nation') OR length(geography_code) = 9)
ORDER BY _delivery NULLS LAST, _row NULLS LAST, sen_provision NULLS LAST

/*
title = "Groups of pupils with one provision and primary need"
basis = "published"
area = "context"
unit = "percent"
polarity = "none"
grain = "one group of pupils with one provision and primary need in one authority, region or nation and January, by phase"
period_rule = "academic year of the January census"
rounding = "cut(11)"
source = "DfE, Special educational needs in England: by provision, need and characteristic"
suppression = "as published: none; x is not applicable, z not available"
reads = ["published_sen_by_need"]
caveats = [
  "Groups whose names are not told add up to less than 100.",
  "Secondary needs and ethnic groups of authorities stand in mart.published_sen_by_need, with their percentages.",
]
*/
WITH whole AS (
    SELECT
        told.*,
        COALESCE(
            told.pupils_with_need,
            max(CASE WHEN lower(told.characteristic) IN ('total', 'all pupils') AND (told.second_characteristic IS NULL OR lower(told.second_characteristic) = 'total')
                THEN told.pupil_count END) OVER (
                PARTITION BY told._delivery, told.period, told.time_identifier, told.geographic_level, told.region_code, told.old_la_code, told.phase,
                    told.sen_provision, told.sen_primary_need, told.characteristic_group
            )
        ) AS all_pupils
    FROM mart.published_sen_by_need AS told
    -- Of needs beside needs, and of ethnic groups, England and regions alone: they would be millions of rows.
    WHERE told.characteristic_group NOT IN ('Secondary need', 'Ethnicity')
        OR told.geographic_level IN ('National', 'Regional')
),

place AS (
    SELECT
        told.*,
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
        END AS of_phase
    FROM whole AS told
)

SELECT
    period, -- academic year
    geography_level, -- nation, region or authority
    geography_code, -- GSS code, three-digit authority code
    geography_name, -- as printed
    'provision=' || sen_provision || ', need=' || sen_primary_need || ', ' || lower(replace(characteristic_group, ' ', '_')) || '=' || replace(characteristic, ',', '')
        || CASE WHEN second_characteristic IS NULL THEN '' ELSE ', with=' || replace(second_characteristic, ',', '') END || of_phase AS breakdown,
    CAST(pupil_count AS DOUBLE) AS numerator, -- pupils of the group
    CAST(all_pupils AS DOUBLE) AS denominator, -- all with the provision and need
    COALESCE(pupil_count_reason, CASE WHEN all_pupils IS NULL THEN 'unavailable' END) AS reason, -- why there is no value
    CAST(CAST(pupil_percent AS VARCHAR) AS DOUBLE) AS published, -- percentage printed in the file
    _delivery,
    _sheet,
    _row,
    _superseded
FROM place
WHERE geography_code IS NOT NULL
    AND geography_level IS NOT NULL
    AND (pupil_percent IS NOT NULL OR pupil_percent_reason <> 'unavailable')

/*
title = "Provision for special educational needs by ethnicity, free meals, sex, year group and need"
basis = "published"
area = "context"
unit = "percent"
polarity = "none"
grain = "one provision in one combination of ethnicity, free meals, sex, year group and need, England, in one January"
period_rule = "academic year of the January census"
rounding = "none(2)"
source = "DfE, Special educational needs in England: by ethnicity, FSM, sex, year group and primary need"
suppression = "as published: none; x is not applicable, z not available"
reads = ["published_sen_by_ethnicity_sex_year"]
caveats = [
  "One row of the file is one pupil group of England: authorities are not in it.",
]
*/
WITH whole AS (
    SELECT
        told.*,
        max(CASE WHEN told.sen_provision = 'Total' THEN told.pupil_count END) OVER (
            PARTITION BY told._delivery, told.period, told.time_identifier, told.geographic_level, told.ethnicity_major, told.ethnicity_minor, told.fsm_eligibility,
                told.sex, told.pupil_nc_year, told.sen_primary_need
        ) AS all_pupils
    FROM mart.published_sen_by_ethnicity_sex_year AS told
    WHERE told.geographic_level = 'National'
)

SELECT
    period, -- academic year
    'nation' AS geography_level, -- nation
    country_code AS geography_code, -- GSS code
    country_name AS geography_name, -- as printed
    'provision=' || sen_provision || ', need=' || sen_primary_need || ', ethnicity=' || replace(ethnicity_major, ',', '') || ', minor=' || replace(ethnicity_minor, ',', '')
        || ', fsm=' || fsm_eligibility || ', sex=' || sex || ', year_group=' || pupil_nc_year AS breakdown, -- the combination, as printed
    CAST(pupil_count AS DOUBLE) AS numerator, -- pupils with the provision
    CAST(all_pupils AS DOUBLE) AS denominator, -- all of the combination
    COALESCE(pupil_count_reason, CASE WHEN all_pupils IS NULL THEN 'unavailable' END) AS reason, -- why there is no value
    CAST(CAST(pupil_percent AS VARCHAR) AS DOUBLE) AS published, -- percentage printed in the file
    _delivery,
    _sheet,
    _row,
    _superseded
FROM whole
WHERE pupil_percent IS NOT NULL OR pupil_percent_reason <> 'unavailable'

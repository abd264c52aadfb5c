/*
title = "Qualified teachers who left the state-funded system"
basis = "published"
area = "workforce"
unit = "percent"
polarity = "low"
grain = "one group of teachers of one group of schools in England in one academic year"
period_rule = "academic year in which they were in post"
rounding = "none(1)"
source = "DfE, School workforce in England 2025 (EES), qualified leavers from teaching"
suppression = "as published: z (not applicable), x (not available), c (suppressed), low and u have no value and a reason, never zero"
caveats = [
  "England alone: by school and authority see teacher_turnover, which counts unqualified teachers too.",
  "The department calls 2023/24 what others call 2024/25: the year in which they were still there.",
]
carries = true
not_comparable = "carried as printed: the file has those who left and not those who were there"
reads = ["published_workforce_qualified_leavers"]
*/
SELECT
    period, -- academic year
    'nation' AS geography_level, -- nation
    country_code AS geography_code, -- GSS code of England
    country_name AS geography_name, -- as printed in that release
    CASE establishment_type_group
        WHEN 'Total state-funded schools' THEN 'total'
        WHEN 'State-funded nursery and primary' THEN 'phase=primary'
        WHEN 'State-funded secondary' THEN 'phase=secondary'
        ELSE 'type=' || establishment_type_group
    END
        || CASE WHEN leaver_type = 'Total' THEN '' ELSE ', leaver=' || leaver_type END AS breakdown, -- schools, and why they left
    CAST(fte_leavers AS DOUBLE) AS numerator, -- left (full-time equivalent)
    CAST(NULL AS DOUBLE) AS denominator, -- in post: not in the file
    fte_leavers_percent_reason AS reason, -- why there is no value
    CAST(fte_leavers_percent AS DOUBLE) AS published, -- percentage printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_workforce_qualified_leavers
-- Other groups of teachers are in the mart alone.
WHERE geographic_level = 'National'
    AND country_code IS NOT NULL
    AND grade = 'Total'
    AND sex = 'Total'
    AND age_group = 'Total'
    AND working_pattern = 'Total'
    AND ethnicity_major = 'Total'

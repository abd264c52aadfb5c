/*
title = "Appeals to the SEND Tribunal per 100 appealable decisions"
basis = "published"
area = "ASW1"
unit = "percent"
polarity = "low"
grain = "one authority, or England, in one calendar year"
period_rule = "calendar year in which the appeal was registered"
rounding = "decimal_half_up(1)"
source = "Ministry of Justice and DfE, SEND appeal rate table 1, 2014 to 2024"
suppression = "as published: ~ (suppressed) and .. (not available) have no value and a reason; a dash is a true zero"
caveats = [
  "Appealable decisions: requests refused, plans refused, plans maintained in January, and plans ceased because needs are met.",
  "Authorities that were merged or split (Bournemouth, Poole, Cumbria, Northamptonshire) have figures for their own years only.",
  "The table prints five authority codes beside the wrong names (Cambridgeshire 823, Central Bedfordshire 873, Nottinghamshire 928, Nottingham 891, Northamptonshire 892). The decisions are those of the names, so the name decides here: 873, 823, 891, 892, 928.",
  "Compare decisions of 2023 with care: the SEN2 return changed in 2022.",
]
reads = ["published_ehcp_tribunal"]
*/
SELECT
    period, -- calendar year
    CASE WHEN la_code IS NULL AND lower(la_name) LIKE 'england%' THEN 'nation' ELSE 'authority' END AS geography_level, -- authority or nation
    CASE
        WHEN la_code IS NULL AND lower(la_name) LIKE 'england%' THEN 'E92000001'
        -- The table leaves out the codes of two authorities that ended in 2019,
        WHEN la_code IS NULL AND lower(la_name) LIKE 'bournemouth%' THEN '837'
        WHEN la_code IS NULL AND lower(la_name) LIKE 'poole%' THEN '836'
        -- and prints five others beside the wrong names.
        WHEN lower(la_name) LIKE 'central bedfordshire%' THEN '823'
        WHEN lower(la_name) LIKE 'cambridgeshire%' THEN '873'
        WHEN lower(la_name) LIKE 'nottinghamshire%' THEN '891'
        WHEN lower(la_name) LIKE 'nottingham%' THEN '892'
        WHEN lower(la_name) LIKE 'northamptonshire%' THEN '928'
        ELSE la_code
    END AS geography_code, -- GSS code of England, three-digit authority code
    CASE WHEN la_code IS NULL AND lower(la_name) LIKE 'england%' THEN 'England' ELSE la_name END AS geography_name, -- as printed
    'total' AS breakdown, -- all appeals
    CAST(appeals_registered AS DOUBLE) AS numerator, -- appeals registered
    CAST(appealable_decisions AS DOUBLE) AS denominator, -- appealable decisions
    COALESCE(appeals_registered_reason, appealable_decisions_reason) AS reason, -- why there is no value
    CAST(appeal_rate AS DOUBLE) AS published, -- percentage printed in the table, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_ehcp_tribunal
WHERE NOT (la_code IS NULL AND lower(la_name) LIKE '%exclud%') -- a second England row without the suppressed authorities

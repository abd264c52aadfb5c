/*
title = "Pupils with an education, health and care plan"
basis = "local"
area = "context"
unit = "percent"
polarity = "none"
grain = "one school or authority in one academic year, the authority also by phase"
period_rule = "academic year of the January census"
period_kind = "academic_year"
needs = ["school_census.pupil_on_roll"]
returns = "every roll"
rounding = "decimal_half_up(5)"
source = "DfE, Special educational needs in England: methodology; domain notes 3.2"
suppression = "none in the warehouse: it is restricted; small numbers are suppressed in what leaves the council"
caveats = [
  "A school's figures stand under the URN of the school that it became, through academisation and merger.",
  "Of all schools of the census, referral units and nurseries too, as DfE's statistics of special educational needs have it: other than the totals of suspensions.",
  "As schools report it in the census; the SEN2 return counts plans of all ages up to 25, wherever the child is taught.",
]
reads = ["fct_school_year"]

[rows]
every = """
SELECT
    roll.academic_year AS period, place.geography_level, place.geography_code, place.breakdown,
    roll.pupil, roll.urn, roll.enrolment_status, roll.sen_provision, roll.primary_need,
    CASE WHEN roll.sen_provision = 'E' THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator,
    roll._delivery, roll._sheet, roll._row
FROM mart.fct_roll AS roll
INNER JOIN mart.dim_geography AS place
    ON place.la_code = roll.la_code
    AND place.series_urn IS NOT DISTINCT FROM roll.series_urn
    AND place.phase IS NOT DISTINCT FROM roll.phase
    AND place.is_in_totals = roll.is_in_totals
WHERE roll.term = 'spring'
    AND roll.is_headcount
"""
*/
SELECT
    academic_year AS period, -- academic year
    geography_level, -- school or authority
    geography_code, -- URN of the school that it is now, three-digit authority code
    geography_name,
    breakdown, -- total, or phase of the school
    CAST(plans AS DOUBLE) AS numerator, -- pupils with it
    CAST(all_pupils AS DOUBLE) AS denominator, -- pupils on roll in January, sole and dual main
    CASE WHEN all_pupils IS NULL THEN 'unavailable' END AS reason,
    CASE WHEN all_pupils IS NULL THEN 'no source: no census of that January is in' ELSE roll_mark END AS mark -- what did not come
FROM mart.fct_school_year
WHERE all_pupils > 0
    OR all_pupils IS NULL

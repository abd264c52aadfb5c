/*
title = "Enrolments with a session of a part-time timetable"
basis = "local"
area = "ASW2"
unit = "percent"
polarity = "low"
grain = "one school or authority in one academic year, the authority also by phase"
period_rule = "academic year in which the sessions were"
period_kind = "academic_year"
needs = ["school_census.pupil_on_roll", "school_census.sessions_on_roll"]
returns = "absence"
rounding = "decimal_half_up(1)"
source = "DfE, Working together to improve school attendance (August 2024), code C2; domain notes 1a"
suppression = "none in the warehouse: it is restricted; small numbers are suppressed in what leaves the council"
caveats = [
  "A school's figures stand under the URN of the school that it became, through academisation and merger.",
  "The absence of a term is reported by the next census, the summer term by the autumn census: a year that lacks one is marked.",
  "An authority's total has its state-funded primary, secondary and special schools, as the published measure has; referral units, nurseries and others are phases of their own. All-through schools are secondary. See mart.dim_school.",
  "Schools have had a code for it since 19 August 2024: there is no value for years before 2024/25.",
  "How long a timetable lasted is in mart.fct_absence; a reduced day that the school marks as present is seen nowhere.",
]
reads = ["fct_school_year"]

[rows]
# The row is the last of the year that tells of the pupil at the school; the sessions are those of the whole year.
every = """
SELECT
    absence.academic_year AS period, place.geography_level, place.geography_code, place.breakdown,
    absence.pupil, absence.series_urn, absence.age, absence.sessions_possible, absence.sessions_part_time,
    CASE WHEN absence.sessions_part_time > 0 THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator,
    absence._delivery, absence._sheet, absence._row
FROM mart.fct_absence AS absence
INNER JOIN mart.dim_geography AS place
    ON place.la_code = absence.la_code
    AND place.series_urn IS NOT DISTINCT FROM absence.series_urn
    AND place.phase IS NOT DISTINCT FROM absence.phase
    AND place.is_in_totals = absence.is_in_totals
WHERE absence.is_in_rates
    AND place.counts
    AND absence.academic_year >= '2024/25'
"""
*/
SELECT
    academic_year AS period, -- academic year
    geography_level, -- school or authority
    geography_code, -- URN of the school that it is now, three-digit authority code
    geography_name,
    breakdown, -- total, or phase of the school
    CASE WHEN academic_year >= '2024/25' THEN CAST(part_time_enrolments AS DOUBLE) END AS numerator, -- enrolments with a session of code C2
    CASE WHEN academic_year >= '2024/25' THEN CAST(absence_enrolments AS DOUBLE) END AS denominator, -- enrolments aged 5 to 15 with possible sessions
    CASE WHEN academic_year < '2024/25' THEN 'not_applicable' WHEN absence_enrolments IS NULL THEN 'unavailable' END AS reason,
    CASE
        WHEN academic_year < '2024/25' THEN 'no source: schools have had code C2 since 19 August 2024'
        WHEN pupils IS NULL THEN 'no source: no census of that January is in'
        WHEN absence_enrolments IS NULL THEN 'no source: no census tells sessions of the year'
        ELSE absence_mark
    END AS mark -- what is not in yet
FROM mart.fct_school_year
WHERE (absence_enrolments > 0 OR (absence_enrolments IS NULL AND geography_level = 'authority' AND breakdown = 'total'))
    AND (academic_year >= '2024/25' OR (geography_level = 'authority' AND breakdown = 'total'))

/*
title = "Sessions lost to suspension per 100 pupils"
basis = "local"
area = "ASW2"
unit = "per_100"
polarity = "low"
grain = "one school or authority in one academic year, the authority also by phase"
period_rule = "academic year in which the suspension began"
period_kind = "academic_year"
from_august = true
needs = ["school_census.pupil_on_roll", "school_census.suspension_on_roll | school_census.suspension_off_roll"]
returns = "suspension"
rounding = "decimal_half_up(1)"
source = "School census guide, exclusion sessions; domain notes 1a"
suppression = "none in the warehouse: it is restricted; small numbers are suppressed in what leaves the council"
caveats = [
  "Every suspension is reported by two censuses, of which the second stands: until it is in, the value is marked. A suspension that begins in August belongs to the year that begins.",
  "An authority's total has its state-funded primary, secondary and special schools, as the published measure has; referral units, nurseries and others are phases of their own. All-through schools are secondary. See mart.dim_school.",
  "A school's figures stand under the URN of the school that it became, through academisation and merger.",
  "A session is half a day that the pupil was due in; as last reported.",
]
reads = ["fct_suspension_year"]

[rows]
numerator = """
SELECT
    academic_year AS period, geography_level, geography_code, breakdown,
    pupil, urn, start_date, category, reason_1, is_provisional, sessions AS counts, _delivery, _sheet, _row
FROM mart.fct_suspension_counted
WHERE category <> 'PERM'
    AND sessions > 0
    AND (breakdown = 'total' OR breakdown LIKE 'phase=%')
"""
denominator = """
SELECT
    january.academic_year AS period, place.geography_level, place.geography_code, place.breakdown,
    roll.pupil, roll.urn, roll.enrolment_status, roll.sen_provision, roll.primary_need, roll._delivery, roll._sheet, roll._row
FROM mart.dim_roll_year AS january
INNER JOIN mart.fct_roll AS roll ON roll.academic_year = january.roll_year
INNER JOIN mart.dim_geography AS place
    ON place.la_code = roll.la_code
    AND place.series_urn IS NOT DISTINCT FROM roll.series_urn
    AND place.phase IS NOT DISTINCT FROM roll.phase
    AND place.is_in_totals = roll.is_in_totals
WHERE roll.term = 'spring'
    AND roll.is_headcount
    AND place.counts
"""

[series]
day = "start_date"
marks = "suspension"
kinds = ["month", "term", "calendar_year", "rolling_12_months", "academic_year_to_date"]
*/
SELECT
    academic_year AS period, -- academic year
    geography_level, -- school or authority
    geography_code, -- URN of the school that it is now, three-digit authority code
    geography_name,
    breakdown, -- total, or phase of the school
    CAST(sessions_lost AS DOUBLE) AS numerator, -- half days
    CAST(pupils AS DOUBLE) AS denominator, -- pupils on roll in January, sole and dual main
    CASE WHEN pupils IS NULL OR sessions_lost IS NULL THEN 'unavailable' END AS reason,
    CASE
        WHEN pupils IS NULL THEN 'no source: no census of that January is in'
        WHEN sessions_lost IS NULL THEN 'no source: no census tells suspensions of the year'
        ELSE suspension_mark
    END AS mark, -- what is not in yet
    roll_year AS denominator_period -- whose pupils these are
FROM mart.fct_suspension_year
WHERE sessions_lost > 0
    OR pupils > 0
    OR pupils IS NULL
    OR (sessions_lost IS NULL AND breakdown = 'total')

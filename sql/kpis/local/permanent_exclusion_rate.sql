/*
title = "Permanent exclusions per 100 pupils"
basis = "local"
area = "ASW2"
unit = "per_100"
polarity = "low"
grain = "one school or authority in one academic year, the authority also by phase, SEN provision, primary need and reason"
period_rule = "academic year of the permanent exclusion"
period_kind = "academic_year"
from_august = true
needs = ["school_census.pupil_on_roll", "school_census.suspension_on_roll | school_census.suspension_off_roll"]
returns = "suspension"
rounding = "decimal_half_up(5)"
source = "DfE, Suspensions and permanent exclusions in England: methodology; domain notes 3.2"
suppression = "none in the warehouse: it is restricted; small numbers are suppressed in what leaves the council"
caveats = [
  "Every suspension is reported by two censuses, of which the second stands: until it is in, the value is marked. A suspension that begins in August belongs to the year that begins.",
  "An authority's total has its state-funded primary, secondary and special schools, as the published measure has; referral units, nurseries and others are phases of their own. All-through schools are secondary. See mart.dim_school.",
  "A school's figures stand under the URN of the school that it became, through academisation and merger.",
  "A permanent exclusion that the later census leaves out was withdrawn or overturned and does not count: mart.suspension_vanished lists it.",
  "A permanent exclusion counts under each of its reasons (one to three), so reasons add up to more than the total.",
  "SEN provision is that on the day of the suspension over that in January; need is the primary one in January, of pupils with SEN support or a plan; a reason is over all pupils.",
]
reads = ["fct_suspension_group", "fct_suspension_year"]

[rows]
# Every suspension tells that its day is known, so that a month without an exclusion has none.
every = """
SELECT
    academic_year AS period, geography_level, geography_code, breakdown,
    pupil, urn, start_date, category, sessions, reason_1, is_provisional,
    CASE WHEN category = 'PERM' THEN 1 ELSE 0 END AS in_numerator, _delivery, _sheet, _row
FROM mart.fct_suspension_counted
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
UNION ALL
SELECT
    january.academic_year AS period, 'authority' AS geography_level, roll.la_code AS geography_code, grouped.breakdown,
    roll.pupil, roll.urn, roll.enrolment_status, roll.sen_provision, roll.primary_need, roll._delivery, roll._sheet, roll._row
FROM mart.dim_roll_year AS january
INNER JOIN mart.fct_roll AS roll ON roll.academic_year = january.roll_year
INNER JOIN mart.fct_suspension_group AS grouped
    ON grouped.academic_year = january.academic_year
    AND grouped.la_code = roll.la_code
    AND (
        grouped.breakdown = 'sen=' || roll.sen_provision
        OR grouped.breakdown = 'need=' || roll.primary_need
        OR grouped.breakdown LIKE 'reason=%'
    )
WHERE roll.term = 'spring'
    AND roll.is_headcount
    AND roll.is_in_totals
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
    CAST(permanent_exclusions AS DOUBLE) AS numerator, -- permanent exclusions that still stand
    CAST(pupils AS DOUBLE) AS denominator, -- pupils on roll in January, sole and dual main
    CASE WHEN pupils IS NULL OR permanent_exclusions IS NULL THEN 'unavailable' END AS reason,
    CASE
        WHEN pupils IS NULL THEN 'no source: no census of that January is in'
        WHEN permanent_exclusions IS NULL THEN 'no source: no census tells suspensions of the year'
        ELSE suspension_mark
    END AS mark, -- what is not in yet
    roll_year AS denominator_period -- whose pupils these are
FROM mart.fct_suspension_year
WHERE permanent_exclusions > 0
    OR pupils > 0
    OR pupils IS NULL
    OR (pupils = 0 AND geography_level = 'authority' AND suspension_mark IS NOT NULL)
    OR (permanent_exclusions IS NULL AND breakdown = 'total')
UNION ALL
SELECT
    academic_year AS period,
    'authority' AS geography_level,
    la_code AS geography_code,
    la_name AS geography_name,
    breakdown, -- sen=K, need=SEMH, reason=PP
    CAST(permanent_exclusions AS DOUBLE) AS numerator, -- permanent exclusions that still stand, of the group
    CAST(pupils AS DOUBLE) AS denominator, -- pupils of the group on roll in January; of a reason, all pupils
    CASE WHEN permanent_exclusions IS NULL THEN 'unavailable' END AS reason,
    CASE
        WHEN permanent_exclusions IS NULL THEN 'no source: no census tells suspensions of the year'
        ELSE mark
    END AS mark, -- what is not in yet
    roll_year AS denominator_period
FROM mart.fct_suspension_group
WHERE permanent_exclusions > 0
    OR (pupils > 0 AND breakdown NOT LIKE 'reason=%')

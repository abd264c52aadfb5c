/*
title = "Suspensions for each enrolment that has one"
basis = "local"
area = "ASW2"
unit = "ratio"
unit_words = "suspensions for each enrolment that has one"
polarity = "low"
grain = "one school or authority in one academic year, the authority also by phase"
period_rule = "academic year in which the suspension began"
period_kind = "academic_year"
from_august = true
needs = ["school_census.pupil_on_roll", "school_census.suspension_on_roll | school_census.suspension_off_roll"]
returns = "suspension"
rounding = "decimal_half_up(2)"
source = "domain notes 3.2: separates breadth from intensity"
suppression = "none in the warehouse: it is restricted; small numbers are suppressed in what leaves the council"
caveats = [
  "Every suspension is reported by two censuses, of which the second stands: until it is in, the value is marked. A suspension that begins in August belongs to the year that begins.",
  "An authority's total has its state-funded primary, secondary and special schools, as the published measure has; referral units, nurseries and others are phases of their own. All-through schools are secondary. See mart.dim_school.",
  "A school's figures stand under the URN of the school that it became, through academisation and merger.",
]
reads = ["fct_suspension_year"]

[rows]
every = """
SELECT
    academic_year AS period, geography_level, geography_code, breakdown,
    pupil, urn, start_date, category, sessions, reason_1, is_provisional,
    1 AS in_numerator, CASE WHEN number_of_enrolment = 1 THEN 1 ELSE 0 END AS in_denominator, _delivery, _sheet, _row
FROM mart.fct_suspension_counted
WHERE category <> 'PERM'
    AND (breakdown = 'total' OR breakdown LIKE 'phase=%')
"""

[series]
day = "start_date"
kinds = ["academic_year_to_date"]
*/
SELECT
    academic_year AS period, -- academic year
    geography_level, -- school or authority
    geography_code, -- URN of the school that it is now, three-digit authority code
    geography_name,
    breakdown, -- total, or phase of the school
    CAST(suspensions AS DOUBLE) AS numerator, -- suspensions that began in the year
    CAST(suspended_enrolments AS DOUBLE) AS denominator, -- enrolments with a suspension
    CASE WHEN pupils IS NULL OR suspensions IS NULL THEN 'unavailable' END AS reason,
    CASE
        WHEN pupils IS NULL THEN 'no source: no census of that January is in'
        WHEN suspensions IS NULL THEN 'no source: no census tells suspensions of the year'
        ELSE suspension_mark
    END AS mark -- what is not in yet
FROM mart.fct_suspension_year
WHERE suspensions > 0
    OR suspended_enrolments > 0
    OR (suspensions IS NULL AND breakdown = 'total')

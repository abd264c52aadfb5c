/*
title = "How far each school is from its phase in pupils suspended, in standard errors"
basis = "local"
area = "ASW2"
unit = "ratio"
unit_words = "standard errors"
polarity = "low"
grain = "one school in one academic year"
period_rule = "academic year in which the suspension or exclusion began"
period_kind = "academic_year"
from_august = true
needs = ["school_census.pupil_on_roll", "school_census.suspension_on_roll | school_census.suspension_off_roll"]
returns = "suspension"
rounding = "decimal_half_up(2)"
source = "Spiegelhalter, Statistics in Medicine 24 (2005) 1185, as FunnelPlotR reckons it for proportions (arc sine, additive variance between schools, drawn in by a tenth); domain notes 3.8"
suppression = "none in the warehouse: it is restricted and names schools; small numbers are suppressed in what leaves the council"
caveats = [
  "Of the share of its pupils suspended once or more: above 1.96 is beyond the limits that chance passes once in 40, above 3.09 once in 1,000; below -1.96 and -3.09 likewise on the low side. mart.fct_school_limit has the limits themselves, for a chart.",
  "Against schools of the same phase of the authority that count in totals, five at least, and after what schools differ beyond chance is allowed for.",
  "It does not allow for who the pupils are: a school outside is one to ask, not one to blame.",
]
reads = ["fct_school_limit"]

[rows]
none = "it is how far a school's share is from that of its phase, on the scale of arc sines, over a standard error: the rows of one_plus_suspension_rate at the school are what is counted"
*/
SELECT
    academic_year AS period, -- academic year
    'school' AS geography_level,
    series_urn AS geography_code, -- URN of the school that it is now
    name AS geography_name,
    difference AS numerator, -- from the phase, on the scale of arc sines; below zero where lower
    standard_error AS denominator, -- of that difference, on the same scale
    CASE WHEN why_none IS NOT NULL THEN 'not_applicable' END AS reason,
    COALESCE(why_none, mark) AS mark -- why there is none, or what is not in yet
FROM mart.fct_school_limit
WHERE measure = 'one_plus'

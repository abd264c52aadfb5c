/*
basis = "published"
area = "ASW2"
polarity = "low"
grain = "one school, authority, region or nation in one academic year or term, by phase or characteristic"
period_rule = "academic year, 1 September to 31 August, and the terms of it that are published (2024/25 autumn, 2024/25 autumn and spring)"
rounding = "decimal_half_up(2)"
source = "DfE, Suspensions and permanent exclusions in England: by geographic level (with schools and alternative provision) and by characteristic, 2006/07 on"
suppression = "as published: nothing since 2017/18; before, counts of 1 and 2 and rates on them are x; they have no value and a reason, never zero; national and regional counts are rounded to 5"
reads = ["fct_published_suspension"]
differences = [
  { layouts = ["by_geography"], levels = ["nation", "region"], parts_within = 2.5, what = "National and regional rates were computed before the counts were rounded to 5: they cannot be reproduced exactly from the printed counts." },
  { layouts = ["by_characteristic"], parts_within = 2.5, what = "Rates by characteristic to 2016/17 were computed before the counts were rounded to 5." },
  { layouts = ["by_two_characteristics"], parts_within = 2.5, what = "Rates by characteristic to 2016/17 were computed before the counts were rounded to 5." },
  { layouts = ["by_characteristic_2020", "by_characteristic_2019"], periods = ["2006/07", "2007/08", "2008/09", "2009/10"], parts_within = 2.5, what = "In the rows of these years the counts are shown rounded and the rates were computed before: they are not their ratio." },
]
title = "Suspensions per 100 pupils"
unit = "per_100"
caveats = [
  "The total is of state-funded primary, secondary and special schools; alternative provision is a phase beside it (rates above 100 are right there).",
  "Rates of a term divide by the January headcount of the year: they do not add up to a rate of pupils.",
  "One pupil may be suspended many times: the rate may exceed 100.",
]
*/
SELECT
    period, -- academic year
    geography_level, -- nation, region, authority or school
    geography_code, -- GSS code, three-digit authority code, LAESTAB (the older files have no URN)
    geography_name, -- as printed; schools by their current name
    breakdown, -- total, term, phase, characteristic
    CAST(suspension AS DOUBLE) AS numerator, -- suspensions (fixed-period exclusions), lunchtimes counted as half days
    CAST(headcount AS DOUBLE) AS denominator, -- pupils on the January census, sole and dual main
    COALESCE(suspension_reason, headcount_reason) AS reason, -- why there is no value
    CAST(susp_rate AS DOUBLE) AS published, -- rate printed in the file
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.fct_published_suspension

/*
title = "Cases of each children's social worker who holds any"
basis = "published"
area = "workforce"
unit = "ratio"
unit_words = "cases for each social worker"
polarity = "low"
grain = "one authority, region or nation on one 30 September"
place = "printed"
period_rule = "year of the count, on 30 September"
rounding = "decimal_half_up(1)"
source = "DfE, Children's social work workforce 2025 (EES), 1. Indicators"
suppression = "as published: z (not applicable), x (not available), c (suppressed), low and u have no value and a reason, never zero"
caveats = [
  "Children's social workers, not the teams that assess and review plans, of which there is no national figure: the nearest measure beside those of our own teams.",
  "Agency workers who hold cases are among those that it is divided by.",
]
differences = [
  { layouts = ["indicators"], parts_within = 0.05, what = "DfE divides before it rounds full-time equivalents to a tenth: in small authorities the last digit may differ from that of the printed parts (North East 2025: 158.5 of 206.0 is 76.9, and 77 is printed)." },
]
reads = ["published_social_work_indicators"]
*/
SELECT
    period, -- year of 30 September
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
    'total' AS breakdown, -- all
    CAST(cases AS DOUBLE) AS numerator, -- cases held
    CAST(case_holders_fte AS DOUBLE) AS denominator, -- who hold cases (full-time equivalent)
    COALESCE(cases_reason, case_holders_fte_reason) AS reason, -- why there is no value
    CAST(caseload_fte AS DOUBLE) AS published, -- ratio printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_social_work_indicators

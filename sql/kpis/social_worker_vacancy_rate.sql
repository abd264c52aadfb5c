/*
title = "Vacant posts of children's social workers"
basis = "published"
area = "workforce"
unit = "percent"
polarity = "low"
grain = "one authority, region or nation on one 30 September; in all, and those that agency workers cover"
place = "printed"
period_rule = "year of the count, on 30 September"
rounding = "decimal_half_up(1)"
source = "DfE, Children's social work workforce 2025 (EES), 1. Indicators"
suppression = "as published: z (not applicable), x (not available), c (suppressed), low and u have no value and a reason, never zero"
caveats = [
  "Children's social workers, not the teams that assess and review plans, of which there is no national figure: the nearest measure beside those of our own teams.",
  "Vacancies over those in post and vacancies together.",
  "`cover=vacancies that agency workers cover` is of the vacancies, `cover=agency workers who cover vacancies` of the agency workers.",
]
differences = [
  { layouts = ["indicators"], parts_within = 0.1, what = "DfE divides before it rounds full-time equivalents to a tenth: in small authorities the last digit may differ from that of the printed parts (North East 2025: 158.5 of 206.0 is 76.9, and 77 is printed)." },
]
reads = ["published_social_work_indicators"]
*/
SELECT
    period, -- year of 30 September
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
    'total' AS breakdown, -- all vacancies
    CAST(vacancy_fte AS DOUBLE) AS numerator, -- vacancies (full-time equivalent)
    CAST(vacancy_fte AS DOUBLE) + CAST(inpost_fte AS DOUBLE) AS denominator, -- vacancies and those in post (full-time equivalent)
    COALESCE(vacancy_fte_reason, inpost_fte_reason) AS reason, -- why there is no value
    CAST(vacancy_rate_fte AS DOUBLE) AS published, -- rate printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_social_work_indicators

UNION ALL

SELECT
    period, -- year of 30 September
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
    'cover=vacancies that agency workers cover' AS breakdown, -- of the vacancies
    CAST(agency_cover_fte AS DOUBLE) AS numerator, -- agency workers who cover vacancies (full-time equivalent)
    CAST(vacancy_fte AS DOUBLE) AS denominator, -- vacancies (full-time equivalent)
    COALESCE(agency_cover_fte_reason, vacancy_fte_reason) AS reason, -- why there is no value
    CAST(vacancy_agency_cover_rate_fte AS DOUBLE) AS published, -- rate printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_social_work_indicators

UNION ALL

SELECT
    period, -- year of 30 September
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
    'cover=agency workers who cover vacancies' AS breakdown, -- of the agency workers
    CAST(agency_cover_fte AS DOUBLE) AS numerator, -- agency workers who cover vacancies (full-time equivalent)
    CAST(agency_fte AS DOUBLE) AS denominator, -- agency workers (full-time equivalent)
    COALESCE(agency_cover_fte_reason, agency_fte_reason) AS reason, -- why there is no value
    CAST(agency_cover_rate_fte AS DOUBLE) AS published, -- rate printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_social_work_indicators

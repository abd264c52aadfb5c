/*
title = "Posts of teachers that are vacant"
basis = "published"
area = "workforce"
unit = "percent"
polarity = "low"
grain = "one school in one November census"
period_rule = "academic year of the November census"
rounding = "none(2)"
source = "DfE, School workforce in England 2025 (EES), teacher vacancies - school level"
suppression = "as published: z (not applicable), x (not available), c (suppressed), low and u have no value and a reason, never zero"
caveats = [
  "A post is vacant that is advertised and filled by nobody, or by a contract of less than a term; `posts=temporarily filled` are filled by one of at least a term and less than a year.",
  "Printed for schools alone, and as a rate without the posts behind it: nothing can be made of it for authorities, regions or England.",
  "A count of one Thursday in November: small schools swing between nothing and a tenth.",
]
carries = true
not_comparable = "carried as printed: the file has the vacancies and not the posts that they are divided by"
reads = ["published_workforce_vacancies_school"]
*/
SELECT
    period, -- academic year
    'school' AS geography_level, -- school
    COALESCE(school_urn, school_laestab) AS geography_code, -- URN, or LAESTAB where there is none
    school_name AS geography_name, -- as printed in that release
    'total' AS breakdown, -- which posts
    CAST(vacancy AS DOUBLE) AS numerator, -- vacant posts
    CAST(NULL AS DOUBLE) AS denominator, -- posts: not in the file
    vacancy_rate_reason AS reason, -- why there is no value
    CAST(vacancy_rate AS DOUBLE) AS published, -- percentage printed in the file, two decimals
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_workforce_vacancies_school
WHERE school_urn IS NOT NULL OR length(school_laestab) = 7

UNION ALL

SELECT
    period, -- academic year
    'school' AS geography_level, -- school
    COALESCE(school_urn, school_laestab) AS geography_code, -- URN, or LAESTAB where there is none
    school_name AS geography_name, -- as printed in that release
    'posts=temporarily filled' AS breakdown, -- which posts
    CAST(temporarily_filled AS DOUBLE) AS numerator, -- temporarily filled posts
    CAST(NULL AS DOUBLE) AS denominator, -- posts: not in the file
    temporarily_filled_rate_reason AS reason, -- why there is no value
    CAST(temporarily_filled_rate AS DOUBLE) AS published, -- percentage printed in the file, two decimals
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_workforce_vacancies_school
WHERE school_urn IS NOT NULL OR length(school_laestab) = 7

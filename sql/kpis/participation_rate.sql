/*
title = "Young people of 16 and 17 in education and training"
basis = "published"
area = "context"
unit = "percent"
polarity = "high"
grain = "one authority, region or nation in one year, by age and characteristic"
place = "printed"
period_rule = "calendar year of the count, in March"
rounding = "decimal_half_up(1)"
source = "DfE, Participation in education, training and NEET age 16 to 17 by local authority, 2025/26 (EES)"
suppression = "as published: z (not applicable), x (not available), c (suppressed), low and u have no value and a reason, never zero"
caveats = [
  "Counts of nation and regions are rounded to the nearest 10: their shares may differ from those of the counts by a last digit.",
]
reads = ["published_participation_characteristics"]
*/
SELECT
    period, -- calendar year
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
    'age=' || age
        || CASE
            WHEN lower(characteristic) = 'total' THEN ''
            ELSE ', ' || lower(replace(characteristic_grouping, ' ', '_')) || '=' || characteristic
        END AS breakdown, -- age, and characteristic and group
    CAST(total_in_education_and_training_count AS DOUBLE) AS numerator, -- in education and training
    CAST(cohort_count AS DOUBLE) AS denominator, -- young people of the age
    COALESCE(total_in_education_and_training_count_reason, cohort_count_reason) AS reason, -- why there is no value
    CAST(total_in_education_and_training_percent AS DOUBLE) AS published, -- percentage printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_participation_characteristics

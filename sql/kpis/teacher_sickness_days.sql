/*
title = "Days lost through sickness for each teacher who was absent"
basis = "published"
area = "workforce"
unit = "ratio"
unit_words = "days for each teacher who was absent"
polarity = "low"
grain = "one group of schools of one authority, region or nation in one academic year"
place = "printed"
period_rule = "academic year of the absence"
rounding = "decimal_half_up(1)"
source = "DfE, School workforce in England 2025 (EES), teacher sickness absence"
suppression = "as published: z (not applicable), x (not available), c (suppressed), low and u have no value and a reason, never zero"
caveats = [
  "Only teachers who were absent at least once are divided by; the days for each teacher of all, and the share that was absent, are in the mart: what they are divided by is not in the file.",
]
reads = ["published_workforce_sickness_absence"]
*/
SELECT
    period, -- academic year
    geographic_level, country_code, country_name, region_code, region_name, old_la_code, la_name, -- as printed in that release
    CASE establishment_type_group
        WHEN 'Total state-funded schools' THEN 'total'
        WHEN 'State-funded nursery and primary' THEN 'phase=primary'
        WHEN 'State-funded secondary' THEN 'phase=secondary'
        ELSE 'type=' || establishment_type_group
    END AS breakdown, -- all schools, phase, or group as printed
    CAST(total_number_of_days_lost AS DOUBLE) AS numerator, -- working days lost
    CAST(total_teachers_taking_absence AS DOUBLE) AS denominator, -- teachers who were absent
    COALESCE(total_number_of_days_lost_reason, total_teachers_taking_absence_reason) AS reason, -- why there is no value
    CAST(average_number_of_days_taken AS DOUBLE) AS published, -- days printed in the file, one decimal
    _delivery,
    _sheet,
    _row,
    _superseded
FROM mart.published_workforce_sickness_absence

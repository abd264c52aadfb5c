/*
title = "A share is not more than its whole"
severity = "query"
message = "A percentage has a numerator above its denominator"
hint = "Look at the row in the file: publications do print such rows (special schools of England 2018/19 have more plans than pupils); raise it with the publisher if it is our own authority's"
*/
SELECT kpi_id, period, geography_level, geography_code, breakdown, numerator, denominator, delivery_id, row_number
FROM kpi.value
WHERE kpi_id NOT IN (
    'suspension_rate', 'permanent_exclusion_rate', 'pupil_teacher_ratio', 'teacher_fte', 'ehcp_caseload', 'repeat_suspension_ratio',
    'sessions_lost', 'caseload_per_fte', 'turnover_12_month', 'post_fill_rate',
    'audit_grades_apart', 'ehcp_backlog_months_to_clear', 'one_plus_school_variation'
)
    -- Pupils suspended in a year may be more than those on roll in January where a school is small and changing.
    AND NOT (kpi_id = 'one_plus_suspension_rate' AND basis = 'local')
    AND kpi_id NOT LIKE '%school_limit'
    AND kpi_id <> 'suspensions_after_third'
    AND denominator > 0
    AND numerator > denominator

/*
title = "The authority's log of suspensions and the censuses have the same ones"
severity = "query"
message = "The authority's log of suspensions and the censuses do not say the same: figures go by the census"
hint = "mart.suspension_log_difference lists what one has and the other lacks, and what they say otherwise: ask the school, and correct the log"
*/
SELECT pupil, series_urn, start_date, category, what, in_log, in_census, other_day
FROM mart.suspension_log_difference

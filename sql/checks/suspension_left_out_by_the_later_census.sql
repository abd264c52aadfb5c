/*
title = "The later census reports every suspension again (X-002)"
severity = "query"
message = "Suspensions are in one census and not in the next one that has to report them: they are taken as withdrawn"
hint = "mart.suspension_vanished lists them: ask the school whether the pupil was reinstated, or the record was lost"
*/
SELECT pupil, series_urn, start_date, category, last_census, missing_from
FROM mart.suspension_vanished
WHERE has_vanished

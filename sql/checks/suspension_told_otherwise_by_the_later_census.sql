/*
title = "Two censuses say the same of a suspension (X-001)"
severity = "query"
message = "The later census says something else of a suspension: the later stands"
hint = "mart.suspension_revision lists what changed"
*/
SELECT pupil, series_urn, start_date, category, census, what, before, after
FROM mart.suspension_revision

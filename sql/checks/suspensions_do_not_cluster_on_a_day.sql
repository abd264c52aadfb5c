/*
title = "Suspensions of a school do not begin on one day (X-007)"
severity = "query"
message = "A fifth of a school's suspensions of a year, and five or more, begin on one day: its system may have filled in the day of a review or of an import"
hint = "mart.query_suspension lists day and school: compare with the letters that the school sent (SIMS patch 25589 of 2020 did this)"
*/
SELECT rule_id, series_urn, school_name, pupil, day, found, _delivery, _row
FROM mart.query_suspension
WHERE rule_id = 'X-007'

/*
title = "A pupil who was permanently excluded leaves the roll (X-006)"
severity = "query"
message = "Pupils are still on the roll of the school that excluded them permanently, two censuses later"
hint = "mart.query_suspension lists them: if governors or a review panel reinstated the pupil the school has to withdraw the exclusion, otherwise to end the registration"
*/
SELECT rule_id, series_urn, school_name, pupil, day, found, _delivery, _row
FROM mart.query_suspension
WHERE rule_id = 'X-006'

/*
title = "Events stand under a school that was open on their day (X-022)"
severity = "query"
message = "Events are told under the number of a school that had closed: they are counted under the school that it became"
hint = "mart.query_school lists them: ask for the new number in the next return"
*/
SELECT rule_id, urn, series_urn, school_name, period, day, found
FROM mart.query_school
WHERE rule_id = 'X-022'

/*
title = "Every school of the census before is in this one, unless it closed (X-020)"
severity = "query"
message = "Schools are missing from a census: its figures are too low by their pupils"
hint = "mart.school_missing_from_census lists them; ask them for their return. The denominators of the year are of those that returned"
*/
SELECT academic_year, term, series_urn, name, pupils_before
FROM mart.school_missing_from_census

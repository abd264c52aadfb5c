/*
title = "Every school of a census is known by its number"
severity = "query"
message = "Heads of schools are missing from a census, or have a blank URN: the school is looked up by its LAESTAB, and stands under that where GIAS does not know it; under nothing where that is missing too"
hint = "mart.fct_census_school says by `found_by` how each was found, with the file and row of its head, or of a pupil where that is missing: complete URN, or authority and establishment number, there; where the head is missing put the schoolcensus file of that term into the inbox"
*/
SELECT academic_year, term, native_id, laestab, urn, found_by, _delivery, _row
FROM mart.fct_census_school
WHERE found_by <> 'urn'

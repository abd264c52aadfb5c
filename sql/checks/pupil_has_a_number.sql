/*
title = "Every pupil of a census has a unique pupil number"
severity = "query"
message = "Pupils of a census have no unique pupil number: within the census they count, and from one census to the next they are found by learner number or by school, birth, sex and entry where only one fits; the others cannot be followed"
hint = "mart.dim_pupil_record says by `matched_by` how each was found, `nothing` for those that were not: ask the school for the number"
*/
SELECT academic_year, term, native_id, matched_by, count(*) AS records
FROM mart.dim_pupil_record
WHERE NOT has_number
GROUP BY academic_year, term, native_id, matched_by

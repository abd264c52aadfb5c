/*
title = "A pupil has one month of birth and one sex (cf. DfE 1520)"
severity = "query"
message = "Pupils have different months of birth or sexes in different censuses: a number may have been given to two"
hint = "mart.dim_pupil lists them (differs), with the school that has the pupil now: ask it for the UPN on the pupil's file"
*/
SELECT pupil, last_series_urn, last_seen, upns
FROM mart.dim_pupil
WHERE differs

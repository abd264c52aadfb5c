/*
title = "A school is one thing on one day"
severity = "error"
message = "Two rows of a school in dim_school stand for the same day"
hint = "Look at mart.dim_school for that URN; the fault is in the mart's SELECT, or a download has a day in the future"
*/
SELECT earlier.urn, earlier.valid_from, earlier.valid_to, later.valid_from AS next_from
FROM mart.dim_school AS earlier
INNER JOIN mart.dim_school AS later
    ON later.urn = earlier.urn
    AND later.valid_from > earlier.valid_from
WHERE earlier.valid_to IS NULL
    OR earlier.valid_to >= later.valid_from

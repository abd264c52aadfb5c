/*
title = "A school tells most of its suspensions again in the later census"
severity = "query"
message = "Schools leave out of the later census most of the suspensions that they told in the one before: they are kept, as nobody withdraws most of them"
hint = "mart.suspension_vanished lists them (has_vanished is false): ask the school whether its return was cut short, or they were withdrawn after all"
*/
SELECT series_urn, missing_from, count(*) AS suspensions
FROM mart.suspension_vanished
WHERE NOT has_vanished
GROUP BY series_urn, missing_from

/*
title = "No pupil is suspended for more than 45 school days in an academic year, at all schools together (X-004)"
severity = "query"
message = "A pupil's suspensions of one academic year come to more than 90 sessions, which the law does not allow"
hint = "Look at the pupil's rows in mart.fct_suspension: a date or a number of sessions may be wrong, or the suspension unlawful"
*/
SELECT pupil, academic_year, sum(sessions) AS sessions
FROM mart.fct_suspension
WHERE category <> 'PERM'
GROUP BY pupil, academic_year
HAVING sum(sessions) > 90

/*
title = "Every suspension of a census belongs to a pupil of that census"
severity = "query"
message = "Suspensions of a census lead to no row of its pupils, so nobody can say whose they are: they count nowhere, and the figures of their school are marked"
hint = "mart.suspension_without_pupil lists them: the pupils' table of that census is missing, of another day, or its row is in quarantine; send pupilonroll, pupilnolongeronroll and the exclusions of one export together"
*/
SELECT academic_year, term, native_id, roll, _delivery, _row
FROM mart.suspension_without_pupil

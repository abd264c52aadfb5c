/*
title = "Plans of a SEN2 return are in the return of the year before"
severity = "query"
message = "Plans in force that were issued before the last return's year was over, and did not move in, are in that return under no number that leads to them: their reviews before are not known"
hint = "Was the plan left out, or were the case system's numbers given anew? A UPN, or the same number and day of receipt, ties the records of two years together"
*/
SELECT plan.calendar_year, plan.request_id, plan.issued, plan._delivery, plan._row
FROM mart.fct_ehcp_plan_in_force AS plan
INNER JOIN mart.dim_sen2_return AS before
    ON CAST(before.calendar_year AS INTEGER) = CAST(plan.calendar_year AS INTEGER) - 1
    AND before.active_plans > 0
LEFT JOIN mart.fct_ehcp_plan_in_force AS earlier
    ON earlier.calendar_year = before.calendar_year
    AND earlier.case_id = plan.case_id
WHERE earlier.case_id IS NULL
    AND NOT plan.is_moved_in
    AND plan.issued <= before.year_end

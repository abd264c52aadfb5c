/*
title = "A share of plans, requests or reviews is at most 100 %"
message = "a share is below 0 or above 100"
hint = "look at the counts behind it with `sendmart explain`"
*/
SELECT kpi_id, period, geography_level, geography_code, breakdown, value
FROM kpi.value
WHERE kpi_id IN ('ehcp_20_week', 'ehcp_20_week_no_exceptions', 'ehcp_request_6_week', 'annual_review_4_week_decision')
    AND (value < 0 OR value > 100)

/*
title = "An authority stands once in a period, whatever GSS code is printed for it"
severity = "error"
message = "An authority has two standing rows for the same period and breakdown under two GSS codes"
hint = "A change of GSS code (Somerset E10000027 to E06000066) is not a second authority: let the later delivery replace the period, or ask which of the two rows is right"
*/
WITH printed AS (
    SELECT 'published_ehcp_timeliness' AS mart_name, period, old_la_code, new_la_code, breakdown_topic, breakdown
    FROM mart.published_ehcp_timeliness
    WHERE NOT _superseded
    UNION ALL
    SELECT 'published_ehcp_requests' AS mart_name, period, old_la_code, new_la_code, breakdown_topic, breakdown
    FROM mart.published_ehcp_requests
    WHERE NOT _superseded
    UNION ALL
    SELECT 'published_ehcp_annual_reviews' AS mart_name, period, old_la_code, new_la_code, breakdown_topic, breakdown
    FROM mart.published_ehcp_annual_reviews
    WHERE NOT _superseded
    UNION ALL
    SELECT 'published_ehcp_caseload' AS mart_name, period, old_la_code, new_la_code, breakdown_topic, breakdown
    FROM mart.published_ehcp_caseload
    WHERE NOT _superseded
    UNION ALL
    SELECT 'published_ehcp_needs' AS mart_name, period, old_la_code, new_la_code, breakdown_topic, breakdown
    FROM mart.published_ehcp_needs
    WHERE NOT _superseded
    UNION ALL
    SELECT 'published_exclusions_by_geography' AS mart_name, period, old_la_code, new_la_code, education_phase, time_identifier AS breakdown
    FROM mart.published_exclusions_by_geography
    WHERE NOT _superseded
        AND geographic_level = 'Local authority'
)

SELECT mart_name, period, old_la_code, breakdown_topic, breakdown, count(DISTINCT new_la_code) AS gss_codes
FROM printed
WHERE old_la_code IS NOT NULL
GROUP BY mart_name, period, old_la_code, breakdown_topic, breakdown
HAVING count(DISTINCT new_la_code) > 1

/*
title = "Authorities as the published files name them"
grain = "one three-digit authority code and GSS code"
key = ["la_code", "gss_code"]
reads = ["published_exclusions_by_geography", "published_ehcp_timeliness"]

[columns]
la_code = "Three-digit authority code, 933 for Somerset: the key to use, since GSS codes change."
gss_code = "GSS code under which the files print it."
name = "Name under which the newest period prints it."
region_code = "GSS code of its region."
region_name = "Its region."
first_period = "First period in which it is printed so."
last_period = "Last period in which it is printed so."
*/
WITH printed AS (
    SELECT old_la_code AS la_code, new_la_code AS gss_code, la_name AS name, region_code, region_name, period
    FROM mart.published_exclusions_by_geography
    WHERE geographic_level = 'Local authority' AND NOT _superseded

    UNION ALL

    SELECT old_la_code AS la_code, new_la_code AS gss_code, la_name AS name, region_code, region_name, period
    FROM mart.published_ehcp_timeliness
    WHERE geographic_level = 'Local authority' AND NOT _superseded
),

ranked AS (
    SELECT
        printed.*,
        min(period) OVER (PARTITION BY la_code, gss_code) AS first_period,
        max(period) OVER (PARTITION BY la_code, gss_code) AS last_period,
        row_number() OVER (
            PARTITION BY la_code, gss_code
            ORDER BY period DESC NULLS LAST, name NULLS LAST, region_code NULLS LAST
        ) AS choice
    FROM printed
)

SELECT la_code, gss_code, name, region_code, region_name, first_period, last_period
FROM ranked
WHERE choice = 1
ORDER BY la_code NULLS LAST, gss_code NULLS LAST

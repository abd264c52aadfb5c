/*
title = "Authorities with every GSS code that a publication printed for them"
grain = "one authority (three-digit code) under one GSS code"
key = ["la_code", "gss_code"]
reads = ["published_census_school_characteristics", "published_ehcp_caseload", "published_ehcp_timeliness", "published_exclusions_by_geography"]

[columns]
la_code = "Three-digit authority code, 933 for Somerset: the key to join on."
gss_code = "Nine-character GSS code as printed. Publications go on printing codes that have ended (Somerset's E10000027 ended on 31 March 2023), so never join on it alone."
name = "Name of the authority in the latest period that printed this pair of codes."
region_code = "GSS code of its region in that period; publications differ on London (E12000007, or E13000001 and E13000002)."
region_name = "Name of that region."
first_period = "First period for which a publication printed this pair of codes, 2016/17 or 2024."
last_period = "Last period for which a publication printed this pair of codes."
is_current = "True on one row of each authority code, the one printed for the latest period: join on it with la_code alone. An authority that has ended has one as well."
*/
WITH printed AS (
    SELECT period, old_la_code AS la_code, new_la_code AS gss_code, la_name AS name, region_code, region_name
    FROM mart.published_ehcp_timeliness
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT period, old_la_code AS la_code, new_la_code AS gss_code, la_name AS name, region_code, region_name
    FROM mart.published_ehcp_caseload
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT period, old_la_code AS la_code, new_la_code AS gss_code, la_name AS name, region_code, region_name
    FROM mart.published_exclusions_by_geography
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT period, old_la_code AS la_code, new_la_code AS gss_code, la_name AS name, region_code, region_name
    FROM mart.published_census_school_characteristics
),

pair AS (
    -- Months from a fixed point to the end of the period: an academic year ends in August, a calendar year in December.
    SELECT DISTINCT
        period,
        CAST(left(period, 4) AS BIGINT) * 12 + CASE WHEN period LIKE '%/%' THEN 20 ELSE 12 END AS period_end,
        la_code,
        gss_code,
        name,
        region_code,
        region_name
    FROM printed
    WHERE la_code IS NOT NULL
        AND gss_code IS NOT NULL
),

ranked AS (
    SELECT
        pair.*,
        row_number() OVER (
            PARTITION BY la_code, gss_code
            ORDER BY period_end NULLS LAST, period NULLS LAST
        ) AS from_first,
        row_number() OVER (
            PARTITION BY la_code, gss_code
            ORDER BY period_end DESC NULLS LAST, period DESC NULLS LAST, name NULLS LAST, region_code NULLS LAST
        ) AS from_last
    FROM pair
),

first_printed AS (
    SELECT la_code, gss_code, period
    FROM ranked
    WHERE from_first = 1
)

SELECT
    ranked.la_code,
    ranked.gss_code,
    ranked.name,
    ranked.region_code,
    ranked.region_name,
    first_printed.period AS first_period,
    ranked.period AS last_period,
    row_number() OVER (
        PARTITION BY ranked.la_code
        ORDER BY ranked.period_end DESC NULLS LAST, ranked.gss_code NULLS LAST
    ) = 1 AS is_current
FROM ranked
INNER JOIN first_printed
    ON first_printed.la_code = ranked.la_code
    AND first_printed.gss_code = ranked.gss_code
WHERE ranked.from_last = 1
ORDER BY ranked.la_code NULLS LAST, ranked.gss_code NULLS LAST

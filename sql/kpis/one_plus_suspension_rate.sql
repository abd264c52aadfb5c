/*
basis = "published"
area = "ASW2"
polarity = "low"
grain = "one school, authority, region or nation in one academic year by phase"
period_rule = "academic year, 1 September to 31 August"
rounding = "decimal_half_up(2)"
source = "DfE, Permanent and fixed-period exclusions in England, 2006/07 to 2016/17, exclusions_by_geographic_level.csv"
suppression = "as published: counts of 1 and 2 and rates on them are x; they have no value and a reason, never zero; national and regional counts are rounded to 5"
reads = ["dim_school", "published_exclusions_by_geography"]
differences = [
  { layouts = ["by_geography"], levels = ["nation", "region"], what = "National and regional rates were computed before the counts were rounded to 5: they cannot be reproduced exactly from the printed counts." },
]
title = "Pupils with one or more suspensions"
unit = "percent"
caveats = [
  "Enrolments are counted: a pupil suspended in two schools counts twice.",
]
*/
WITH school_name AS (
    SELECT
        laestab,
        name,
        row_number() OVER (
            PARTITION BY laestab
            ORDER BY CASE WHEN status LIKE 'Open%' THEN 0 ELSE 1 END NULLS LAST, open_date DESC NULLS LAST, urn DESC NULLS LAST
        ) AS choice
    FROM mart.dim_school
    WHERE is_current
),

counted AS (
    SELECT
        exclusions.*,
        -- Four schools of 2011/12 and 2012/13 stand twice, as primary and as secondary: these keep their phase.
        count(*) OVER (PARTITION BY _delivery, period, geographic_level, school_laestab) AS rows_of_school
    FROM mart.published_exclusions_by_geography AS exclusions
)

SELECT
    counted.period, -- academic year
    CASE counted.geographic_level
        WHEN 'National' THEN 'nation'
        WHEN 'Regional' THEN 'region'
        WHEN 'Local authority' THEN 'authority'
        WHEN 'School' THEN 'school'
    END AS geography_level, -- nation, region, authority or school
    CASE counted.geographic_level
        WHEN 'National' THEN counted.country_code
        WHEN 'Regional' THEN counted.region_code
        WHEN 'Local authority' THEN counted.old_la_code
        ELSE counted.school_laestab
    END AS geography_code, -- GSS code, three-digit authority code, LAESTAB (the file has no URN)
    CASE counted.geographic_level
        WHEN 'National' THEN counted.country_name
        WHEN 'Regional' THEN counted.region_name
        WHEN 'Local authority' THEN counted.la_name
        ELSE school_name.name
    END AS geography_name, -- as printed; schools by their current name
    CASE
        WHEN counted.geographic_level = 'School' AND counted.rows_of_school = 1 THEN 'total'
        WHEN lower(counted.education_phase) = 'total' THEN 'total'
        WHEN lower(counted.education_phase) LIKE '%primary' THEN 'phase=primary'
        WHEN lower(counted.education_phase) LIKE '%secondary' THEN 'phase=secondary'
        WHEN lower(counted.education_phase) LIKE '%special' THEN 'phase=special'
        ELSE 'phase=' || lower(counted.education_phase)
    END AS breakdown, -- total or phase
    CAST(counted.one_plus_susp AS DOUBLE) AS numerator, -- pupils with one or more suspensions
    CAST(counted.headcount AS DOUBLE) AS denominator, -- pupils on the January census, sole and dual main
    COALESCE(counted.one_plus_susp_reason, counted.headcount_reason) AS reason, -- why there is no value
    CAST(counted.one_plus_susp_rate AS DOUBLE) AS published, -- rate printed in the file, two decimals
    counted._delivery,
    counted._sheet,
    counted._row,
    counted._superseded
FROM counted
-- Only schools have a LAESTAB; a condition on their level here would make the join a nested loop.
LEFT JOIN school_name
    ON school_name.laestab = counted.school_laestab
    AND school_name.choice = 1

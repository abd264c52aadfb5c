/*
title = "What returns say of schools that GIAS or the census before does not bear out"
grain = "one finding of one rule about one school on one day"
key = ["rule_id", "urn", "period", "day"]
reads = ["dim_school", "dim_school_series", "fct_census_school", "fct_inclusion_discussion", "fct_roll", "fct_suspension", "gias_schools"]

[columns]
rule_id = "X-021 (headcount against the pupils of GIAS), X-021-2 (against January before), X-022 (event after the school closed)."
urn = "Unique reference number as the return says it."
series_urn = "Unique reference number under which its figures stand: what X-022 was keyed again to."
school_name = "Name of the school as GIAS has it; NULL where it does not."
period = "Academic year."
day = "Day of the census, or of the last event after the school closed."
found = "What was found, in numbers."
events = "How many rows it is about (number); NULL for a headcount."
*/
WITH headcount AS (
    SELECT academic_year, urn, series_urn, count(*) AS pupils
    FROM mart.fct_roll
    WHERE term = 'spring'
        AND is_headcount
    GROUP BY academic_year, urn, series_urn
),

census_day AS (
    SELECT academic_year, urn, max(reference_date) AS day
    FROM mart.fct_census_school
    WHERE term = 'spring'
    GROUP BY academic_year, urn
),

-- Each download says of which census its pupils are; of several about one census, the last.
listed AS (
    SELECT
        urn,
        CAST(EXTRACT(year FROM censusdate) AS BIGINT) - 1 AS first_year,
        pupils,
        row_number() OVER (
            PARTITION BY urn, EXTRACT(year FROM censusdate)
            ORDER BY _received_at DESC NULLS LAST, _superseded NULLS LAST, _delivery NULLS LAST, _row NULLS LAST
        ) AS choice
    FROM mart.gias_schools
    WHERE pupils IS NOT NULL
        AND EXTRACT(month FROM censusdate) <= 3
),

x_021 AS (
    SELECT
        'X-021' AS rule_id,
        headcount.urn,
        headcount.series_urn,
        headcount.academic_year AS period,
        census_day.day,
        CAST(headcount.pupils AS VARCHAR) || ' pupils on roll, ' || CAST(CAST(listed.pupils AS BIGINT) AS VARCHAR) || ' in GIAS' AS found,
        CAST(NULL AS BIGINT) AS events
    FROM headcount
    INNER JOIN listed
        ON listed.urn = headcount.urn
        AND listed.first_year = first_year_in(headcount.academic_year)
        AND listed.choice = 1
    LEFT JOIN census_day
        ON census_day.academic_year = headcount.academic_year
        AND census_day.urn = headcount.urn
    WHERE abs(headcount.pupils - listed.pupils) * 10 > listed.pupils
        AND abs(headcount.pupils - listed.pupils) > 5
),

by_series AS (
    SELECT first_year_in(academic_year) AS first_year, academic_year, series_urn, sum(pupils) AS pupils, max(urn) AS urn
    FROM headcount
    GROUP BY academic_year, series_urn
),

x_021_2 AS (
    SELECT
        'X-021-2' AS rule_id,
        after.urn,
        after.series_urn,
        after.academic_year AS period,
        census_day.day,
        CAST(CAST(after.pupils AS BIGINT) AS VARCHAR) || ' pupils on roll, ' || CAST(CAST(before.pupils AS BIGINT) AS VARCHAR) || ' the January before' AS found,
        CAST(NULL AS BIGINT) AS events
    FROM by_series AS after
    INNER JOIN by_series AS before
        ON before.series_urn = after.series_urn
        AND before.first_year = after.first_year - 1
    LEFT JOIN census_day
        ON census_day.academic_year = after.academic_year
        AND census_day.urn = after.urn
    WHERE abs(after.pupils - before.pupils) * 5 > before.pupils
        AND abs(after.pupils - before.pupils) > 5
),

event AS (
    SELECT urn, series_urn, academic_year, start_date AS day
    FROM mart.fct_suspension
    UNION ALL
    SELECT urn, series_urn, academic_year, meeting_date
    FROM mart.fct_inclusion_discussion
    WHERE urn IS NOT NULL
),

-- An event before the school closed is told later under the number of its successor, or the other way: both stand under
-- the series. One after the day on which its own number closed is keyed again, and asked about.
x_022 AS (
    SELECT
        'X-022' AS rule_id,
        event.urn,
        min(event.series_urn) AS series_urn,
        event.academic_year AS period,
        max(event.day) AS day,
        'closed on ' || CAST(max(school.close_date) AS VARCHAR) || ': counted under ' || min(event.series_urn) AS found,
        count(*) AS events
    FROM event
    INNER JOIN mart.dim_school AS school
        ON school.urn = event.urn
        AND school.is_current
        AND school.close_date < event.day
    GROUP BY event.urn, event.academic_year
)

SELECT
    finding.rule_id,
    finding.urn,
    finding.series_urn,
    series.series_name AS school_name,
    finding.period,
    finding.day,
    finding.found,
    finding.events
FROM (
    SELECT rule_id, urn, series_urn, period, day, found, events FROM x_021
    UNION ALL
    SELECT rule_id, urn, series_urn, period, day, found, events FROM x_021_2
    UNION ALL
    SELECT rule_id, urn, series_urn, period, day, found, events FROM x_022
) AS finding
LEFT JOIN mart.dim_school_series AS series ON series.urn = finding.urn
ORDER BY finding.rule_id NULLS LAST, finding.urn NULLS LAST, finding.period NULLS LAST, finding.day NULLS LAST

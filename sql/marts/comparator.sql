/*
title = "What each published figure of the council is held against: England, its region, its ten statistical neighbours; empty until `authority` in the config names the council"
grain = "one KPI in one period and breakdown of which England, the region, a neighbour or the council has a value"
key = ["kpi_id", "period", "breakdown"]
reads = ["dim_authority_region", "dim_council", "fct_statistical_neighbour"]
after_kpis = true

[columns]
kpi_id = "The KPI: see meta.kpi for its unit and for which direction is better."
period = "What the values speak for: a calendar year 2024, an academic year 2016/17, a term 2016/17 autumn, a week 2025 week 37; see mart.dim_period."
breakdown = "total, or characteristic=group."
la_code = "Three-digit code of the council."
published = "Its value as computed from published counts; NULL where none is published."
local = "Its value from its own returns; NULL where there is none. Read its mark in kpi.value first."
england = "The value of England; NULL where none is published."
region_code = "GSS code of the council's region, as that value's publication prints it (London as E12000007 where it is not told as Inner and Outer); NULL where none is published."
region = "The value of the region; NULL where none is published."
neighbours = "Statistical neighbours of the council in the latest list (authorities); 0 where no list is loaded."
neighbours_with_value = "Of these, how many have a value (authorities)."
neighbour_mean = "Mean of their values, each authority counting once, to six places; NULL where none has one."
neighbour_lower_quartile = "A quarter of their values lie at or below it (interpolated); NULL where fewer than four have one."
neighbour_median = "Their median (interpolated); NULL where none has one."
neighbour_upper_quartile = "A quarter of their values lie at or above it (interpolated); NULL where fewer than four have one."
rank = "Place of the council's published value among its own and those of the neighbours that have one: 1 is the best by the KPI's polarity, the highest where it has none; equal values share a place. NULL where the council has no published value, or no neighbour has one."
maturity = "provisional, revised or final, as the source of England's value declares, or where there is none that of the others; NULL where none is declared."
*/
WITH council AS (
    SELECT council.la_code, region.region_code
    FROM mart.dim_council AS council
    LEFT JOIN mart.dim_authority_region AS region ON region.la_code = council.la_code
),

neighbour AS (
    SELECT listed.neighbour_la_code
    FROM council
    INNER JOIN mart.fct_statistical_neighbour AS listed ON listed.la_code = council.la_code
),

listed AS (
    SELECT count(*) AS neighbours FROM neighbour
),

figure AS (
    SELECT told.basis, told.kpi_id, told.period, told.breakdown, told.geography_level, told.geography_code, told.value, told.maturity
    FROM kpi.value AS told
    INNER JOIN meta.kpi AS kpi
        ON kpi.kpi_id = told.kpi_id
        AND kpi.basis = told.basis
    WHERE told.value IS NOT NULL
        -- Of other kinds of period nothing is published.
        AND (told.basis = 'published' OR told.period_kind = kpi.period_kind OR told.period_kind IN ('week', 'term', 'two_terms'))
        AND told.geography_level IN ('nation', 'region', 'authority')
),

-- Inner and Outer London are regions of some publications, London of others: the council's own region counts, or what it lies in.
of_region AS (
    SELECT
        figure.kpi_id,
        figure.period,
        figure.breakdown,
        figure.geography_code,
        figure.value,
        row_number() OVER (
            PARTITION BY figure.kpi_id, figure.period, figure.breakdown
            ORDER BY CASE WHEN figure.geography_code = council.region_code THEN 0 ELSE 1 END NULLS LAST, figure.geography_code NULLS LAST
        ) AS choice
    FROM figure
    INNER JOIN council
        ON figure.geography_code = council.region_code
        OR (figure.geography_code = 'E12000007' AND council.region_code IN ('E13000001', 'E13000002'))
    WHERE figure.basis = 'published'
        AND figure.geography_level = 'region'
),

own AS (
    SELECT
        figure.kpi_id,
        figure.period,
        figure.breakdown,
        max(CASE WHEN figure.basis = 'published' THEN figure.value END) AS published,
        max(CASE WHEN figure.basis = 'local' THEN figure.value END) AS local,
        max(CASE WHEN figure.basis = 'published' THEN figure.maturity END) AS maturity
    FROM figure
    INNER JOIN council ON council.la_code = figure.geography_code
    WHERE figure.geography_level = 'authority'
    GROUP BY figure.kpi_id, figure.period, figure.breakdown
),

of_england AS (
    SELECT kpi_id, period, breakdown, max(value) AS value, max(maturity) AS maturity
    FROM figure
    WHERE basis = 'published'
        AND geography_level = 'nation'
    GROUP BY kpi_id, period, breakdown
),

of_neighbour AS (
    SELECT figure.kpi_id, figure.period, figure.breakdown, figure.geography_code, max(figure.value) AS value, max(figure.maturity) AS maturity
    FROM figure
    INNER JOIN neighbour ON neighbour.neighbour_la_code = figure.geography_code
    WHERE figure.basis = 'published'
        AND figure.geography_level = 'authority'
    GROUP BY figure.kpi_id, figure.period, figure.breakdown, figure.geography_code
),

polarity AS (
    SELECT kpi_id, max(CASE WHEN polarity = 'low' THEN -1 ELSE 1 END) AS direction, max('|' || opposite || '|') AS opposite
    FROM meta.kpi
    WHERE basis = 'published'
    GROUP BY kpi_id
),

-- Values in whole millionths: a sum of doubles would hang on the order of the rows.
ten AS (
    SELECT
        of_neighbour.kpi_id,
        of_neighbour.period,
        of_neighbour.breakdown,
        count(*) AS neighbours,
        CAST(sum(CAST(round(of_neighbour.value * 1000000) AS BIGINT)) AS DOUBLE) * 0.000001 / NULLIF(CAST(count(*) AS DOUBLE), 0) AS mean,
        percentile_cont(0.25) WITHIN GROUP (ORDER BY of_neighbour.value NULLS LAST) AS lower_quartile,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY of_neighbour.value NULLS LAST) AS middle,
        percentile_cont(0.75) WITHIN GROUP (ORDER BY of_neighbour.value NULLS LAST) AS upper_quartile,
        sum(CASE
            WHEN position('|' || of_neighbour.breakdown || '|' IN polarity.opposite) > 0
                AND of_neighbour.value * polarity.direction < own.published * polarity.direction THEN 1
            WHEN position('|' || of_neighbour.breakdown || '|' IN polarity.opposite) = 0
                AND of_neighbour.value * polarity.direction > own.published * polarity.direction THEN 1
            ELSE 0
        END) AS better,
        max(of_neighbour.maturity) AS maturity
    FROM of_neighbour
    INNER JOIN polarity ON polarity.kpi_id = of_neighbour.kpi_id
    LEFT JOIN own
        ON own.kpi_id = of_neighbour.kpi_id
        AND own.period = of_neighbour.period
        AND own.breakdown = of_neighbour.breakdown
    GROUP BY of_neighbour.kpi_id, of_neighbour.period, of_neighbour.breakdown
),

told AS (
    SELECT kpi_id, period, breakdown FROM own
    UNION
    SELECT kpi_id, period, breakdown FROM of_england
    UNION
    SELECT kpi_id, period, breakdown FROM of_region
    UNION
    SELECT kpi_id, period, breakdown FROM ten
)

SELECT
    told.kpi_id,
    told.period,
    told.breakdown,
    council.la_code,
    own.published,
    own.local,
    of_england.value AS england,
    of_region.geography_code AS region_code,
    of_region.value AS region,
    CAST(listed.neighbours AS BIGINT) AS neighbours,
    CAST(COALESCE(ten.neighbours, 0) AS BIGINT) AS neighbours_with_value,
    CAST(round(ten.mean * 1000000) AS DOUBLE) / 1000000 AS neighbour_mean,
    CASE WHEN ten.neighbours >= 4 THEN round(ten.lower_quartile, 9) END AS neighbour_lower_quartile,
    ten.middle AS neighbour_median,
    CASE WHEN ten.neighbours >= 4 THEN round(ten.upper_quartile, 9) END AS neighbour_upper_quartile,
    CASE WHEN own.published IS NOT NULL THEN CAST(1 + ten.better AS BIGINT) END AS rank,
    COALESCE(of_england.maturity, own.maturity, ten.maturity) AS maturity
FROM told
CROSS JOIN council
CROSS JOIN listed
LEFT JOIN own ON own.kpi_id = told.kpi_id AND own.period = told.period AND own.breakdown = told.breakdown
LEFT JOIN of_england ON of_england.kpi_id = told.kpi_id AND of_england.period = told.period AND of_england.breakdown = told.breakdown
LEFT JOIN of_region
    ON of_region.kpi_id = told.kpi_id
    AND of_region.period = told.period
    AND of_region.breakdown = told.breakdown
    AND of_region.choice = 1
LEFT JOIN ten ON ten.kpi_id = told.kpi_id AND ten.period = told.period AND ten.breakdown = told.breakdown
ORDER BY told.kpi_id NULLS LAST, told.period NULLS LAST, told.breakdown NULLS LAST

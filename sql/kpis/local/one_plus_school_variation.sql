/*
title = "How far schools of a phase differ in the share of pupils suspended, beyond what chance makes"
basis = "local"
area = "ASW2"
unit = "percent"
polarity = "low"
grain = "one phase of one authority in one academic year"
period_rule = "academic year in which the suspension began"
period_kind = "academic_year"
from_august = true
needs = ["school_census.pupil_on_roll", "school_census.suspension_on_roll | school_census.suspension_off_roll"]
returns = "suspension"
rounding = "decimal_half_up(2)"
source = "DerSimonian and Laird, Controlled Clinical Trials 7 (1986) 177: moment estimate of the variance between; Spiegelhalter, Statistics in Medicine 24 (2005) 1185, as FunnelPlotR has it; domain notes 3.8"
suppression = "none in the warehouse: it names no school; five schools at least"
caveats = [
  "A coefficient of variation: 60 means that the true rates of most schools lie within 60 per cent of the phase's rate. 0 means that chance alone explains the differences.",
  "Of pupils suspended once or more and not of suspensions: one pupil with ten suspensions is no evidence about a school (domain notes 3.8).",
  "A phase with fewer than five schools has no value, nor has one in which nobody or everybody was suspended: the row says why. Referral units are left out, as they are of the totals: pupils come and go, and rates pass 100. Phases are never put together.",
  "It does not allow for who the pupils are: look at the schools' intakes before calling it practice.",
]
reads = ["dim_authority", "fct_school_year"]

[rows]
none = "it is a spread between schools, and no sum of their rows: those of one_plus_suspension_rate at each school are what is counted"
*/
WITH school AS (
    SELECT
        academic_year,
        la_code,
        phase,
        CAST(pupils AS DOUBLE) AS pupils,
        CAST(suspended_enrolments AS DOUBLE) AS suspended
    FROM mart.fct_school_year
    WHERE geography_level = 'school'
        AND is_in_totals
        AND pupils > 0
),

-- Squares over pupils in whole millionths: a sum of doubles would hang on the order of the rows.
summed AS (
    SELECT
        academic_year,
        la_code,
        phase,
        count(*) AS schools,
        sum(pupils) AS pupils,
        sum(suspended) AS suspended,
        sum(pupils * pupils) AS pupils_squared,
        CAST(sum(CAST(round(1000000 * suspended * suspended / NULLIF(pupils, 0)) AS BIGINT)) AS DOUBLE) * 0.000001 AS squares
    FROM school
    GROUP BY academic_year, la_code, phase
),

-- Why a phase has no variation, where it has none.
judged AS (
    SELECT
        summed.*,
        CASE
            WHEN suspended IS NULL THEN 'no source: no census tells suspensions of the year'
            WHEN schools < 5 THEN 'no source: five schools with pupils are needed, and there are ' || CAST(schools AS VARCHAR)
            WHEN suspended = 0 THEN 'no source: nobody was suspended'
            WHEN suspended >= pupils THEN 'no source: everybody was suspended'
        END AS why_none
    FROM summed
),

rated AS (
    SELECT
        judged.*,
        suspended / NULLIF(pupils, 0) AS rate,
        squares - suspended * suspended / NULLIF(pupils, 0) AS spread,
        pupils - pupils_squared / NULLIF(pupils, 0) AS weight
    FROM judged
),

between_schools AS (
    SELECT
        rated.*,
        (spread - CAST(schools - 1 AS DOUBLE) * rate * (1 - rate)) / NULLIF(weight, 0) AS variance
    FROM rated
)

SELECT
    year.academic_year AS period, -- academic year
    'authority' AS geography_level,
    year.la_code AS geography_code, -- three-digit authority code
    authority.name AS geography_name, -- as publications print it
    'phase=' || year.phase AS breakdown, -- phase of the schools
    CASE
        WHEN year.why_none IS NULL THEN 100 * sqrt(CASE WHEN year.variance > 0 THEN year.variance ELSE 0 END)
    END AS numerator, -- standard deviation of the schools' true rates (per 100 enrolments)
    CASE WHEN year.why_none IS NULL THEN 100 * year.rate END AS denominator, -- rate of the phase (per 100 enrolments)
    CASE
        WHEN year.suspended IS NULL THEN 'unavailable'
        WHEN year.why_none IS NOT NULL THEN 'not_applicable'
    END AS reason,
    COALESCE(year.why_none, whole.suspension_mark) AS mark -- why there is none, or what is not in yet
FROM between_schools AS year
LEFT JOIN mart.dim_authority AS authority
    ON authority.la_code = year.la_code
    AND authority.is_current
LEFT JOIN mart.fct_school_year AS whole
    ON whole.academic_year = year.academic_year
    AND whole.geography_level = 'authority'
    AND whole.geography_code = year.la_code
    AND whole.breakdown = 'phase=' || year.phase
UNION ALL
SELECT
    academic_year AS period,
    'authority' AS geography_level,
    geography_code,
    geography_name,
    'total' AS breakdown,
    CAST(NULL AS DOUBLE) AS numerator,
    CAST(NULL AS DOUBLE) AS denominator,
    'unavailable' AS reason,
    'no source: no census of that January is in' AS mark
FROM mart.fct_school_year
WHERE geography_level = 'authority'
    AND breakdown = 'total'
    AND pupils IS NULL

/*
title = "How far schools of a phase differ in the share of pupils suspended, beyond what chance makes"
basis = "local"
area = "ASW2"
unit = "percent"
polarity = "low"
grain = "one phase of one authority in one academic year"
period_rule = "academic year in which the suspension began"
period_kind = "academic_year"
needs = ["school_census.pupil_on_roll", "school_census.suspension_on_roll | school_census.suspension_off_roll"]
rounding = "none(2)"
source = "DerSimonian and Laird, Controlled Clinical Trials 7 (1986) 177: moment estimate of the variance between; Spiegelhalter, Statistics in Medicine 24 (2005) 1185, as FunnelPlotR has it; domain notes 3.8"
suppression = "none in the warehouse: it names no school; five schools at least"
caveats = [
  "A coefficient of variation: 60 means that the true rates of most schools lie within 60 per cent of the phase's rate. 0 means that chance alone explains the differences.",
  "Of pupils suspended once or more and not of suspensions: one pupil with ten suspensions is no evidence about a school (domain notes 3.8).",
  "Phases with fewer than five schools have no row, nor has a phase in which nobody or everybody was suspended. Referral units are left out: pupils come and go, and rates pass 100. Phases are never put together.",
  "It does not allow for who the pupils are: look at the schools' intakes before calling it practice.",
]
reads = ["dim_authority", "fct_school_year"]
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
        AND phase <> 'pru'
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
    HAVING count(*) >= 5
),

rated AS (
    SELECT
        summed.*,
        suspended / NULLIF(pupils, 0) AS rate,
        squares - suspended * suspended / NULLIF(pupils, 0) AS spread,
        pupils - pupils_squared / NULLIF(pupils, 0) AS weight
    FROM summed
    WHERE suspended > 0
        AND suspended < pupils
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
    100 * sqrt(CASE WHEN year.variance > 0 THEN year.variance ELSE 0 END) AS numerator, -- standard deviation of the schools' true rates (per 100 enrolments)
    100 * year.rate AS denominator, -- rate of the phase (per 100 enrolments)
    CAST(NULL AS VARCHAR) AS reason,
    CAST(NULL AS DOUBLE) AS published,
    CAST(NULL AS VARCHAR) AS _delivery, -- of many rows: mart.fct_school_year leads to them
    CAST(NULL AS VARCHAR) AS _sheet,
    CAST(NULL AS INTEGER) AS _row,
    FALSE AS _superseded
FROM between_schools AS year
LEFT JOIN mart.dim_authority AS authority
    ON authority.la_code = year.la_code
    AND authority.is_current

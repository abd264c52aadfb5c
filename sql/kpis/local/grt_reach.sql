/*
title = "Schools that use the Graduated Response Tool"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one academic year, in all and by phase, and in each of its terms"
place = "council"
period_rule = "academic year in which a cycle of the tool was opened"
period_kind = "academic_year"
needs = ["graduated_response.grt_use | graduated_response.grt_school_return", "school_census.census_return"]
rounding = "decimal_half_up(1)"
source = "domain notes 3.2, GRT reach: schools with at least one plan over open state-funded schools"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Schools are those in the January census of the year, referral units among them: a year has no value before it. One that uses the tool and sent no census is not counted.",
  "A school that became an academy or merged is one school, under the number that it has now.",
  "In all and by phase: a cycle opened in the year. `term=autumn`, `term=spring`, `term=summer`: one opened in that term, which is the other reading of use; terms are those of config/calendar.csv.",
  "One cycle in the year is enough: for depth see cycle_no in mart.fct_graduated_response, for schools that say that they do not use it mart.fct_graduated_response_return.",
  "Only years of which the register has something: no register is not no use.",
]
reads = ["census_mark", "dim_council", "dim_date", "fct_graduated_response", "fct_graduated_response_return", "fct_graduated_response_school", "fct_register_year", "school_missing_from_census"]

[rows]
every = """
SELECT
    school.academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code,
    CASE split.kind
        WHEN 'total' THEN 'total'
        WHEN 'phase' THEN 'phase=' || school.phase
        ELSE 'term=' || split.kind
    END AS breakdown,
    school.urn, school.phase, school.cycles,
    CASE WHEN CASE split.kind
        WHEN 'autumn' THEN school.cycles_autumn
        WHEN 'spring' THEN school.cycles_spring
        WHEN 'summer' THEN school.cycles_summer
        ELSE school.cycles
    END > 0 THEN 1 ELSE 0 END AS in_numerator,
    1 AS in_denominator, school._delivery, school._sheet, school._row
FROM mart.fct_graduated_response_school AS school
CROSS JOIN mart.dim_council AS council
CROSS JOIN (VALUES ('total'), ('phase'), ('autumn'), ('spring'), ('summer')) AS split (kind)
"""
*/
WITH register AS (
    SELECT academic_year, entries, mark, _delivery, _sheet, _row
    FROM mart.fct_register_year
    WHERE register = 'graduated_response'
),

-- Years of which either the log of cycles or the returns of the schools have something.
year_told AS (
    SELECT academic_year FROM mart.fct_register_year WHERE register IN ('graduated_response', 'graduated_response_return')
    GROUP BY academic_year
),

cycle AS (
    SELECT
        used.academic_year,
        used.series_urn,
        day.term
    FROM mart.fct_graduated_response AS used
    LEFT JOIN mart.dim_date AS day ON day.date = used.opened
),

term_name AS (
    SELECT 'autumn' AS term
    UNION ALL
    SELECT 'spring'
    UNION ALL
    SELECT 'summer'
),

-- Cycles whose day the calendar does not have are in no term; a term without any cycle has nothing to tell.
term_told AS (
    SELECT
        year_told.academic_year,
        term_name.term,
        count(cycle.term) AS cycles,
        max(CASE WHEN lost.academic_year IS NULL THEN 0 ELSE 1 END) AS is_beyond
    FROM year_told
    CROSS JOIN term_name
    LEFT JOIN cycle
        ON cycle.academic_year = year_told.academic_year
        AND cycle.term = term_name.term
    LEFT JOIN (SELECT DISTINCT academic_year FROM cycle WHERE term IS NULL) AS lost
        ON lost.academic_year = year_told.academic_year
    GROUP BY year_told.academic_year, term_name.term
),

placed AS (
    SELECT
        school.academic_year,
        CASE WHEN split.kind IN ('total', 'phase') THEN 'year' ELSE split.kind END AS term,
        CASE split.kind
            WHEN 'total' THEN 'total'
            WHEN 'phase' THEN 'phase=' || school.phase
            ELSE 'term=' || split.kind
        END AS breakdown,
        CASE split.kind
            WHEN 'autumn' THEN school.cycles_autumn
            WHEN 'spring' THEN school.cycles_spring
            WHEN 'summer' THEN school.cycles_summer
            ELSE school.cycles
        END AS cycles
    FROM mart.fct_graduated_response_school AS school
    INNER JOIN year_told ON year_told.academic_year = school.academic_year
    CROSS JOIN (VALUES ('total'), ('phase'), ('autumn'), ('spring'), ('summer')) AS split (kind)
    WHERE split.kind <> 'phase'
        OR school.phase IS NOT NULL
),

counted AS (
    SELECT
        academic_year,
        term,
        breakdown,
        sum(CASE WHEN cycles > 0 THEN 1 ELSE 0 END) AS using_it,
        count(*) AS schools
    FROM placed
    GROUP BY academic_year, term, breakdown
),

missing AS (
    SELECT academic_year, count(*) AS schools
    FROM mart.school_missing_from_census
    WHERE term = 'spring'
    GROUP BY academic_year
),

-- Schools that say that pupils have plans of the tool, and of which the log has no cycle of the year.
silent AS (
    SELECT said.academic_year, count(DISTINCT said.series_urn) AS schools
    FROM mart.fct_graduated_response_return AS said
    WHERE said.pupils_with_plan > 0
        AND NOT EXISTS (
            SELECT 1
            FROM cycle
            WHERE cycle.academic_year = said.academic_year
                AND cycle.series_urn = said.series_urn
        )
    GROUP BY said.academic_year
),

judged AS (
    SELECT
        year_told.academic_year,
        COALESCE(counted.breakdown, 'total') AS breakdown,
        counted.using_it,
        counted.schools,
        CASE
            WHEN COALESCE(register.entries, 0) = 0 THEN '; no source: the log has no cycle of ' || year_told.academic_year
            WHEN counted.schools IS NULL THEN '; no source: no school census of spring ' || year_told.academic_year
            WHEN term_told.is_beyond = 1 THEN '; no source: the school calendar does not reach every cycle'
            WHEN term_told.cycles = 0 THEN '; no source: the log has no cycle of that term'
            ELSE ''
        END AS lack,
        COALESCE('; ' || register.mark, '')
        || CASE
            WHEN missing.schools > 0
                THEN '; partial: ' || CAST(missing.schools AS VARCHAR) || ' schools are missing from the January census'
            ELSE ''
        END
        || CASE
            WHEN silent.schools > 0
                THEN '; partial: ' || CAST(silent.schools AS VARCHAR) || ' schools say that pupils have plans, and the log has none of theirs'
            ELSE ''
        END AS mark,
        register._delivery,
        register._sheet,
        register._row
    FROM year_told
    LEFT JOIN register ON register.academic_year = year_told.academic_year
    LEFT JOIN counted ON counted.academic_year = year_told.academic_year
    LEFT JOIN term_told
        ON term_told.academic_year = counted.academic_year
        AND term_told.term = counted.term
    LEFT JOIN missing ON missing.academic_year = year_told.academic_year
    LEFT JOIN silent ON silent.academic_year = year_told.academic_year
)

SELECT
    judged.academic_year AS period, -- academic year
    judged.breakdown AS breakdown, -- total, phase as the census says it, or a term
    CASE WHEN judged.lack = '' THEN CAST(judged.using_it AS DOUBLE) END AS numerator, -- schools in which a cycle was opened
    CASE WHEN judged.lack = '' THEN CAST(judged.schools AS DOUBLE) END AS denominator, -- schools in the January census
    CASE WHEN judged.lack <> '' THEN 'unavailable' END AS reason, -- the engine says why where there is nothing to divide by
    judged._delivery AS _delivery, -- of many rows the last of the log
    judged._sheet AS _sheet,
    CAST(judged._row AS INTEGER) AS _row,
    NULLIF(substring(
        CASE WHEN judged.lack = '' THEN judged.mark || COALESCE('; ' || unlinked.mark, '') ELSE judged.lack END
    FROM 3), '') AS mark
FROM judged
CROSS JOIN mart.dim_council AS council
LEFT JOIN mart.census_mark AS unlinked
    ON unlinked.academic_year = judged.academic_year
    AND unlinked.about = 'links'
    AND unlinked.geography_level = 'authority'
    AND unlinked.geography_code = council.la_code
    AND unlinked.breakdown = 'any'

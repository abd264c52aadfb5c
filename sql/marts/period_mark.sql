/*
title = "What a reader must know beside the figures of a period, for its own days and not for the year that it lies in"
grain = "one remark on one subject of one authority in one period"
key = ["about", "period_kind", "period", "geography_code", "mark"]
reads = ["census_mark", "census_term_mark", "dim_council", "dim_period", "dim_roll_year", "dim_term", "fct_census_school", "fct_inclusion_discussion", "fct_register_year", "fct_suspension_log", "fct_suspension_told", "school_missing_from_census", "suspension_without_pupil"]

[columns]
about = "What the figures are of; a KPI names it in `marks` of its `[series]`: suspension (of the schools that count in totals), inclusion_discussions or ehcp_audit (a register)."
period_kind = "Kind of the period: see dim_period."
period = "The period by its name. Academic years of suspensions begin on 1 August, as those of the department do."
geography_code = "Three-digit authority code."
position = "Where the remark stands among those of the period: in the order of time, then what is counted (number)."
mark = "The remark: `partial: …` or `provisional: …`."
*/
WITH span AS (
    SELECT
        period_kind,
        period,
        CASE WHEN period_kind LIKE 'academic_year%' THEN CAST(period_start - INTERVAL '1' MONTH AS DATE) ELSE period_start END AS first_day,
        CASE WHEN period_kind = 'academic_year' THEN CAST(period_end - INTERVAL '31' DAY AS DATE) ELSE period_end END AS last_day
    FROM mart.dim_period
),

term_of AS (
    SELECT span.period_kind, span.period, dim_term.academic_year, dim_term.term_number
    FROM span
    INNER JOIN mart.dim_term
        ON dim_term.first_day <= span.last_day
        AND dim_term.last_day >= span.first_day
),

authority AS (
    SELECT DISTINCT la_code
    FROM mart.fct_census_school
    WHERE la_code IS NOT NULL
),

-- What is counted of single days.
event AS (
    SELECT 'kept' AS kind, la_code, start_date
    FROM mart.fct_suspension_told
    WHERE is_left_out
        AND NOT has_vanished
        AND is_in_totals
    UNION ALL
    SELECT 'log', la_code, start_date
    FROM mart.fct_suspension_log
    WHERE census_says = 'nothing yet'
        AND is_in_totals
    UNION ALL
    SELECT 'lost', la_code, start_date
    FROM mart.suspension_without_pupil
    WHERE is_in_totals
),

counted AS (
    SELECT span.period_kind, span.period, event.kind, event.la_code, count(*) AS events
    FROM span
    INNER JOIN event ON event.start_date BETWEEN span.first_day AND span.last_day
    GROUP BY span.period_kind, span.period, event.kind, event.la_code
),

missing AS (
    SELECT
        term_of.period_kind,
        term_of.period,
        school.la_code,
        count(DISTINCT school.series_urn) AS schools,
        min(school.census) AS census
    FROM term_of
    INNER JOIN mart.school_missing_from_census AS school
        ON school.census BETWEEN term_of.term_number + 1 AND term_of.term_number + 2
        AND school.is_in_totals
    GROUP BY term_of.period_kind, term_of.period, school.la_code
),

told AS (
    -- The January roll that they are divided by.
    SELECT DISTINCT
        term_of.period_kind,
        term_of.period,
        roll.geography_code AS la_code,
        first_year_in(term_of.academic_year) * 30 AS position,
        roll.mark
    FROM term_of
    INNER JOIN mart.census_mark AS roll
        ON roll.academic_year = term_of.academic_year
        AND roll.about = 'roll'
        AND roll.geography_level = 'authority'
        AND roll.breakdown = 'total'
    UNION ALL
    -- A year whose January has not come is divided by the pupils of the last one.
    SELECT DISTINCT
        term_of.period_kind,
        term_of.period,
        authority.la_code,
        first_year_in(term_of.academic_year) * 30,
        begun.mark
    FROM term_of
    INNER JOIN mart.dim_roll_year AS begun
        ON begun.academic_year = term_of.academic_year
        AND NOT begun.is_own
    CROSS JOIN authority
    UNION ALL
    SELECT term_of.period_kind, term_of.period, authority.la_code, term_of.term_number * 10 + 1, state.mark
    FROM term_of
    INNER JOIN mart.census_term_mark AS state
        ON state.academic_year = term_of.academic_year
        AND state.about = 'suspension'
        AND state.term_number = term_of.term_number
    CROSS JOIN authority
    UNION ALL
    SELECT
        missing.period_kind,
        missing.period,
        missing.la_code,
        1000001,
        CASE
            WHEN missing.schools = 1
                THEN 'partial: 1 school is missing from the census of ' || dim_term.term || ' '
                    || CAST(first_year_in(dim_term.academic_year) + CASE dim_term.term WHEN 'autumn' THEN 0 ELSE 1 END AS VARCHAR)
            ELSE 'partial: ' || CAST(missing.schools AS VARCHAR) || ' schools are missing from a census'
        END
    FROM missing
    INNER JOIN mart.dim_term ON dim_term.term_number = missing.census
    UNION ALL
    SELECT
        period_kind,
        period,
        la_code,
        CASE kind WHEN 'kept' THEN 1000002 WHEN 'log' THEN 1000003 ELSE 1000004 END,
        CASE kind
            WHEN 'kept'
                THEN 'provisional: ' || CAST(events AS VARCHAR) || ' suspensions or exclusions are kept that a school left out of the later census with most of the others'
            WHEN 'log'
                THEN 'provisional: ' || CAST(events AS VARCHAR) || ' suspensions or exclusions are known from the authority''s own log alone'
            ELSE 'partial: ' || CAST(events AS VARCHAR) || ' suspensions or exclusions lead to no pupil of their census and are left out'
        END
    FROM counted
),

-- What a register lacks bears on the days that it is not of: a month after the one in which it began is whole.
register AS (
    SELECT
        held.*,
        first_year_in(held.academic_year) AS first_year,
        generation.as_of
    FROM mart.fct_register_year AS held
    CROSS JOIN meta.generation AS generation
    WHERE held.register IN ('ehcp_audit', 'inclusion_discussions')
),

register_span AS (
    SELECT
        register,
        day_of(first_year, 9, 1) AS from_day,
        day_of(first_year, 12, 31) AS to_day,
        first_year * 30 AS position,
        'partial: the register has no row of ' || academic_year || ' in September to December' AS mark
    FROM register
    WHERE NOT has_autumn
    UNION ALL
    SELECT
        register,
        day_of(first_year + 1, 1, 1),
        day_of(first_year + 1, 3, 31),
        first_year * 30 + 1,
        'partial: the register has no row of ' || academic_year || ' in January to March'
    FROM register
    WHERE NOT has_spring
    UNION ALL
    SELECT
        register,
        day_of(first_year + 1, 4, 1),
        year_ends(first_year),
        first_year * 30 + 2,
        'partial: the register has no row of ' || academic_year || ' in April to August'
    FROM register
    WHERE NOT has_summer
    UNION ALL
    SELECT
        register,
        day_of(first_year, 9, 1),
        CAST(begins - INTERVAL '1' DAY AS DATE),
        first_year * 30 + 3,
        'partial: the register begins on ' || CAST(begins AS VARCHAR)
    FROM register
    WHERE begins = first_day
        AND has_autumn
        AND begins > day_of(first_year, 9, 30)
    UNION ALL
    SELECT
        register,
        CAST(received_on + INTERVAL '1' DAY AS DATE),
        year_ends(first_year),
        first_year * 30 + 4,
        'partial: the register came last on ' || CAST(received_on AS VARCHAR)
    FROM register
    WHERE received_on >= day_of(first_year, 9, 1)
        AND received_on < year_ends(first_year)
        AND received_on < as_of
    UNION ALL
    SELECT
        register,
        CAST(as_of + INTERVAL '1' DAY AS DATE),
        year_ends(first_year),
        first_year * 30 + 5,
        'provisional: the year ' || academic_year || ' is not over'
    FROM register
    WHERE as_of < year_ends(first_year)
),

of_register AS (
    SELECT register_span.register AS about, dim_period.period_kind, dim_period.period, register_span.position, register_span.mark
    FROM mart.dim_period
    INNER JOIN register_span
        ON register_span.from_day <= dim_period.period_end
        AND register_span.to_day >= dim_period.period_start
    UNION ALL
    SELECT
        'inclusion_discussions',
        dim_period.period_kind,
        dim_period.period,
        1000001,
        'partial: ' || CAST(count(*) AS VARCHAR) || ' of its rows have a number that no census has, and are taken for the pupil whose third suspension was at that school on that day'
    FROM mart.dim_period
    INNER JOIN mart.fct_inclusion_discussion AS discussion
        ON discussion.pupil_by = 'school_and_day_not_upn'
        AND discussion.meeting_date BETWEEN dim_period.period_start AND dim_period.period_end
    GROUP BY dim_period.period_kind, dim_period.period
)

SELECT
    'suspension' AS about,
    period_kind,
    period,
    la_code AS geography_code,
    CAST(min(position) AS BIGINT) AS position,
    mark
FROM told
WHERE la_code IS NOT NULL
GROUP BY period_kind, period, la_code, mark
UNION ALL
SELECT
    of_register.about,
    of_register.period_kind,
    of_register.period,
    council.la_code AS geography_code,
    CAST(min(of_register.position) AS BIGINT) AS position,
    of_register.mark
FROM of_register
CROSS JOIN mart.dim_council AS council
WHERE council.la_code IS NOT NULL
GROUP BY of_register.about, of_register.period_kind, of_register.period, council.la_code, of_register.mark
ORDER BY about NULLS LAST, period_kind NULLS LAST, period NULLS LAST, geography_code NULLS LAST, position NULLS LAST, mark NULLS LAST

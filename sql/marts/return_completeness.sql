/*
title = "How many schools or teams returned what a period is reckoned from, of those that should have"
grain = "one subject of one place in one period"
key = ["subject", "period_kind", "period", "geography_level", "geography_code", "breakdown"]
reads = ["census_table", "dim_council", "dim_period", "dim_term", "fct_caseload", "fct_census_school", "fct_graduated_response_word", "fct_workforce_post", "school_missing_from_census"]

[columns]
subject = "What is returned; a KPI names it in `returns`. Of schools: suspension, absence, roll (of the schools that count in totals), every roll (of all schools), graduated response. Of teams: posts, caseload of EP, caseload of SEN_CASEWORK, in every month of the period, and each of them at end, in its last month."
period_kind = "Kind of the period: see dim_period."
period = "The period by its name. Academic years of suspensions begin on 1 August, as those of the department do."
geography_level = "school or authority."
geography_code = "Unique reference number under which the school's figures stand, or three-digit authority code."
breakdown = "total, phase=primary and the like, or team=EP and the like."
returners = "Who returns: schools or teams."
returned = "How many have, for the whole of the period as far as it is due (number). A term's suspensions are told by either of the two censuses after it."
expected = "How many should have (number): the schools of the censuses that came and those that they lack; where a census whose term is over did not come, the schools of the one before it; the teams that the list has before and after the month."
*/
WITH told AS (
    SELECT
        school.census,
        school.series_urn,
        min(school.la_code) AS la_code,
        min(school.phase) AS phase,
        bool_or(school.is_in_totals) AS is_in_totals
    FROM mart.fct_census_school AS school
    INNER JOIN mart.census_table AS came
        ON came.census = school.census
        AND came.table_name = 'pupil_on_roll'
        AND came.tells
    WHERE school.series_urn IS NOT NULL
    GROUP BY school.census, school.series_urn
),

-- A census is due once the term in which it is taken is over.
overdue AS (
    SELECT dim_term.term_number AS census, max(told.census) AS census_before
    FROM mart.dim_term
    CROSS JOIN meta.generation AS generation
    INNER JOIN told ON told.census < dim_term.term_number
    WHERE dim_term.last_day < generation.as_of
        AND NOT EXISTS (SELECT 1 FROM told AS own WHERE own.census = dim_term.term_number)
    GROUP BY dim_term.term_number
),

school AS (
    SELECT told.census, told.series_urn, told.la_code, told.phase, told.is_in_totals, missing.series_urn IS NULL AS has_returned
    FROM told
    LEFT JOIN mart.school_missing_from_census AS missing
        ON missing.census = told.census
        AND missing.series_urn = told.series_urn
    UNION ALL
    SELECT missing.census, missing.series_urn, missing.la_code, missing.phase, missing.is_in_totals, FALSE
    FROM mart.school_missing_from_census AS missing
    WHERE missing.lacks = 'return'
    UNION ALL
    SELECT overdue.census, told.series_urn, told.la_code, told.phase, told.is_in_totals, FALSE
    FROM overdue
    INNER JOIN told ON told.census = overdue.census_before
),

month_of_team AS (
    SELECT DISTINCT 'posts' AS subject, team, month_end FROM mart.fct_workforce_post
    UNION ALL
    SELECT DISTINCT CASE team WHEN 'EP' THEN 'caseload of EP' ELSE 'caseload of SEN_CASEWORK' END, team, month_end
    FROM mart.fct_caseload
    WHERE team IN ('EP', 'SEN_CASEWORK')
),

month_of_list AS (
    SELECT DISTINCT month_end FROM mart.fct_workforce_post
    UNION
    SELECT DISTINCT month_end FROM mart.fct_caseload
),

team_span AS (
    SELECT subject, team, min(month_end) AS first_month, max(month_end) AS last_month
    FROM month_of_team
    GROUP BY subject, team
),

team AS (
    SELECT team_span.subject, team_span.team, month_of_list.month_end, month_of_team.team IS NOT NULL AS has_returned
    FROM team_span
    INNER JOIN month_of_list
        ON month_of_list.month_end BETWEEN team_span.first_month AND team_span.last_month
    LEFT JOIN month_of_team
        ON month_of_team.subject = team_span.subject
        AND month_of_team.team = team_span.team
        AND month_of_team.month_end = month_of_list.month_end
),

-- What is owed, and for which days.
owed AS (
    SELECT
        'suspension' AS subject,
        dim_term.first_day,
        dim_term.last_day,
        school.series_urn AS returner,
        min(school.la_code) AS la_code,
        min(school.phase) AS phase,
        bool_or(school.is_in_totals) AS is_in_totals,
        bool_or(school.has_returned) AS has_returned
    FROM mart.dim_term
    INNER JOIN school ON school.census BETWEEN dim_term.term_number + 1 AND dim_term.term_number + 2
    GROUP BY dim_term.first_day, dim_term.last_day, school.series_urn
    UNION ALL
    SELECT
        'absence',
        CASE WHEN dim_term.term = 'autumn' THEN day_of(first_year_in(dim_term.academic_year), 9, 1) ELSE dim_term.first_day END,
        dim_term.last_day,
        school.series_urn,
        school.la_code,
        school.phase,
        school.is_in_totals,
        school.has_returned
    FROM mart.dim_term
    INNER JOIN school ON school.census = dim_term.term_number + 1
    UNION ALL
    SELECT
        reading.subject,
        day_of(first_year_in(dim_term.academic_year), 9, 1),
        year_ends(first_year_in(dim_term.academic_year)),
        school.series_urn,
        school.la_code,
        school.phase,
        school.is_in_totals OR reading.subject = 'every roll',
        school.has_returned
    FROM mart.dim_term
    INNER JOIN school ON school.census = dim_term.term_number
    CROSS JOIN (VALUES ('roll'), ('every roll')) AS reading (subject)
    WHERE dim_term.term = 'spring'
    UNION ALL
    SELECT
        'graduated response',
        day_of(first_year_in(word.academic_year), 9, 1),
        year_ends(first_year_in(word.academic_year)),
        word.series_urn,
        council.la_code,
        CAST(NULL AS VARCHAR),
        TRUE,
        word.has_returned
    FROM mart.fct_graduated_response_word AS word
    CROSS JOIN mart.dim_council AS council
    UNION ALL
    SELECT
        team.subject || reading.suffix,
        CAST(team.month_end + INTERVAL '1' DAY - INTERVAL '1' MONTH AS DATE),
        team.month_end,
        team.team,
        council.la_code,
        CAST(NULL AS VARCHAR),
        TRUE,
        team.has_returned
    FROM team
    CROSS JOIN mart.dim_council AS council
    CROSS JOIN (VALUES (''), (' at end')) AS reading (suffix)
),

-- The days of each period, up to the day of the generation.
span AS (
    SELECT
        subject.subject,
        dim_period.period_kind,
        dim_period.period,
        CASE
            WHEN subject.subject = 'suspension' AND dim_period.period_kind LIKE 'academic_year%'
                THEN CAST(dim_period.period_start - INTERVAL '1' MONTH AS DATE)
            ELSE dim_period.period_start
        END AS first_day,
        CASE
            WHEN subject.subject = 'suspension' AND dim_period.period_kind = 'academic_year'
                THEN CAST(dim_period.period_end - INTERVAL '31' DAY AS DATE)
            ELSE dim_period.period_end
        END AS last_day,
        dim_period.period_end,
        generation.as_of
    FROM (SELECT DISTINCT subject FROM owed) AS subject
    CROSS JOIN mart.dim_period
    CROSS JOIN meta.generation AS generation
    WHERE dim_period.period_kind = 'academic_year'
        OR subject.subject NOT IN ('absence', 'roll', 'every roll', 'graduated response')
),

judged AS (
    SELECT
        span.subject,
        span.period_kind,
        span.period,
        owed.returner,
        min(owed.la_code) AS la_code,
        min(owed.phase) AS phase,
        bool_or(owed.is_in_totals) AS is_in_totals,
        bool_and(owed.has_returned) AS has_returned
    FROM span
    INNER JOIN owed
        ON owed.subject = span.subject
        AND owed.first_day <= span.last_day
        AND owed.first_day <= span.as_of
        AND owed.last_day >= span.first_day
    WHERE span.subject NOT LIKE '% at end'
        OR owed.last_day = span.period_end
    GROUP BY span.subject, span.period_kind, span.period, owed.returner
),

placed AS (
    SELECT judged.*, 'authority' AS geography_level, la_code AS geography_code, 'total' AS breakdown
    FROM judged
    WHERE is_in_totals
    UNION ALL
    SELECT judged.*, 'authority', la_code, 'phase=' || phase
    FROM judged
    WHERE phase IS NOT NULL
    UNION ALL
    SELECT judged.*, 'authority', la_code, 'team=' || returner
    FROM judged
    WHERE subject LIKE 'posts%'
    UNION ALL
    SELECT judged.*, 'school', returner, 'total'
    FROM judged
    WHERE phase IS NOT NULL
        AND period_kind = 'academic_year'
)

SELECT
    subject,
    period_kind,
    period,
    geography_level,
    geography_code,
    breakdown,
    CASE WHEN subject LIKE 'posts%' OR subject LIKE 'caseload%' THEN 'teams' ELSE 'schools' END AS returners,
    CAST(sum(CASE WHEN has_returned THEN 1 ELSE 0 END) AS BIGINT) AS returned,
    count(*) AS expected
FROM placed
WHERE geography_code IS NOT NULL
GROUP BY subject, period_kind, period, geography_level, geography_code, breakdown
ORDER BY subject NULLS LAST, period_kind NULLS LAST, period NULLS LAST, geography_level NULLS LAST, geography_code NULLS LAST, breakdown NULLS LAST

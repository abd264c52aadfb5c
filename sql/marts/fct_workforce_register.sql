/*
title = "What the lists of posts and of caseload hold of each academic year, and what they lack of it"
grain = "one list, in all and by team, in one academic year"
key = ["register", "team", "academic_year"]
reads = ["fct_caseload", "fct_workforce_post"]

[columns]
register = "posts or caseload."
team = "The team; `all` for the list in all."
academic_year = "Academic year, such as 2024/25. A year of which there is its last month alone, where the next one starts, has no row."
months = "Months of the year that the list has, September to August (months)."
has_start = "Whether it has the August before the year."
has_end = "Whether it has the year's own August."
is_over = "Whether the year is over at the day that the generation speaks for."
reason_at_end = "unavailable where a figure as at the year's end has no list to stand on; NULL otherwise."
mark_at_end = "What a reader of such a figure must know; NULL where there is nothing."
reason_through = "unavailable where a figure from the August before to the year's own lacks one of the two; NULL otherwise."
mark_through = "What a reader of such a figure must know; NULL where there is nothing."
mark_in_year = "What a reader of a figure that is a sum over the months must know; NULL where there is nothing."
_delivery = "The delivery of the last month: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH told AS (
    SELECT
        'posts' AS register,
        team,
        academic_year,
        month_end,
        CASE WHEN filled_fte > 0 AND holder IS NULL THEN 1 ELSE 0 END AS is_unnamed,
        CASE WHEN holder_kind = 'staff' AND filled_fte = 0 AND ended IS NOT NULL THEN 1 ELSE 0 END AS is_ended,
        _delivery,
        _sheet,
        _row
    FROM mart.fct_workforce_post
    UNION ALL
    SELECT 'caseload', team, academic_year, month_end, 0, 0, _delivery, _sheet, _row
    FROM mart.fct_caseload
),

team_and_all AS (
    SELECT register, team, academic_year, month_end, is_unnamed, is_ended, _delivery, _sheet, _row FROM told
    UNION ALL
    SELECT register, 'all' AS team, academic_year, month_end, is_unnamed, is_ended, _delivery, _sheet, _row FROM told
),

numbered AS (
    SELECT
        team_and_all.*,
        first_year_in(academic_year) AS first_year,
        extract(month FROM month_end) = 8 AS is_august
    FROM team_and_all
),

-- Each month in its year, and each August again as the start of the next.
placed AS (
    SELECT numbered.*, FALSE AS is_start FROM numbered
    UNION ALL
    SELECT
        register,
        team,
        academic_year,
        month_end,
        is_unnamed,
        is_ended,
        _delivery,
        _sheet,
        _row,
        first_year + 1 AS first_year,
        is_august,
        TRUE AS is_start
    FROM numbered
    WHERE is_august
),

last_month AS (
    SELECT register, max(month_end) AS last_month FROM numbered GROUP BY register
),

of_year AS (
    SELECT
        placed.register,
        placed.team,
        placed.first_year,
        CAST(count(DISTINCT CASE WHEN NOT is_start THEN month_end END) AS BIGINT) AS months,
        max(CASE WHEN is_start THEN 1 ELSE 0 END) AS has_start,
        max(CASE WHEN is_august AND NOT is_start THEN 1 ELSE 0 END) AS has_end,
        sum(CASE WHEN is_august THEN is_unnamed ELSE 0 END) AS unnamed,
        sum(CASE WHEN NOT is_start AND is_august AND month_end = last_month.last_month THEN is_ended ELSE 0 END) AS ended_last,
        max(placed.month_end) AS last_of_year
    FROM placed
    INNER JOIN last_month ON last_month.register = placed.register
    GROUP BY placed.register, placed.team, placed.first_year
),

-- The list in all has the years; a team has a row in each of them in which it has a month, or had one the August before.
shown AS (
    SELECT register, first_year, months AS months_of_list, has_start AS list_has_start, has_end AS list_has_end
    FROM of_year
    WHERE team = 'all'
        AND (months > has_end OR (has_start = 1 AND has_end = 1))
),

lacking AS (
    SELECT
        of_year.*,
        shown.months_of_list,
        shown.list_has_start,
        shown.list_has_end,
        generation.as_of,
        day_of(of_year.first_year, 8, 31) AS start_day,
        year_ends(of_year.first_year) AS end_day,
        year_label(of_year.first_year) AS academic_year
    FROM of_year
    INNER JOIN shown
        ON shown.register = of_year.register
        AND shown.first_year = of_year.first_year
    CROSS JOIN meta.generation AS generation
),

-- For the list in all: teams that lack an August that the list has.
team_lack AS (
    SELECT
        register,
        first_year,
        sum(CASE WHEN has_end = 0 AND list_has_end = 1 THEN 1 ELSE 0 END) AS lack_end,
        min(CASE WHEN has_end = 0 AND list_has_end = 1 THEN team END) AS who_lacks_end,
        sum(CASE WHEN has_start = 0 AND list_has_start = 1 THEN 1 ELSE 0 END) AS lack_start,
        min(CASE WHEN has_start = 0 AND list_has_start = 1 THEN team END) AS who_lacks_start,
        sum(CASE WHEN months < months_of_list THEN 1 ELSE 0 END) AS lack_months,
        min(CASE WHEN months < months_of_list THEN team END) AS who_lacks_months
    FROM lacking
    WHERE team <> 'all'
    GROUP BY register, first_year
),

worded AS (
    SELECT
        lacking.*,
        CASE lacking.register WHEN 'posts' THEN 'list of posts' ELSE 'caseload' END AS word,
        CASE WHEN lacking.team = 'all' THEN '' ELSE ' of team ' || lacking.team END AS of_team,
        CASE
            WHEN months < 12 AND as_of > end_day
                THEN '; partial: ' || CAST(months AS VARCHAR) || ' of 12 months came'
                || CASE WHEN lacking.team = 'all' THEN '' ELSE ' of team ' || lacking.team END
            WHEN as_of <= end_day THEN '; provisional: the year is not over'
            ELSE ''
        END AS months_mark,
        CASE
            WHEN lacking.team = 'all' AND team_lack.lack_end > 0
                THEN '; partial: team ' || team_lack.who_lacks_end
                || CASE WHEN team_lack.lack_end > 1 THEN ' and ' || CAST(team_lack.lack_end - 1 AS VARCHAR) || ' more' ELSE '' END
                || ' not in the list of ' || CAST(end_day AS VARCHAR)
            ELSE ''
        END AS end_mark,
        CASE
            WHEN lacking.team = 'all' AND team_lack.lack_start > 0
                THEN '; partial: team ' || team_lack.who_lacks_start
                || CASE WHEN team_lack.lack_start > 1 THEN ' and ' || CAST(team_lack.lack_start - 1 AS VARCHAR) || ' more' ELSE '' END
                || ' not in the list of ' || CAST(start_day AS VARCHAR)
            ELSE ''
        END AS start_mark,
        CASE
            WHEN lacking.team = 'all' AND team_lack.lack_months > 0
                THEN '; partial: team ' || team_lack.who_lacks_months
                || CASE WHEN team_lack.lack_months > 1 THEN ' and ' || CAST(team_lack.lack_months - 1 AS VARCHAR) || ' more' ELSE '' END
                || ' not in every month'
            ELSE ''
        END AS team_months_mark,
        CASE WHEN unnamed > 0 THEN '; partial: ' || CAST(unnamed AS VARCHAR) || ' filled posts without the code of a holder' ELSE '' END
        || CASE
            WHEN ended_last > 0
                THEN '; provisional: contracts ended in August (' || CAST(ended_last AS VARCHAR)
                || '), and only the list of September tells whether they were renewed'
            ELSE ''
        END AS people_mark
    FROM lacking
    LEFT JOIN team_lack
        ON team_lack.register = lacking.register
        AND team_lack.first_year = lacking.first_year
),

from_last AS (
    SELECT
        register,
        team,
        first_year,
        _delivery,
        _sheet,
        _row,
        row_number() OVER (
            PARTITION BY register, team, first_year
            ORDER BY month_end DESC NULLS LAST, _delivery NULLS LAST, _sheet NULLS LAST, _row NULLS LAST
        ) AS choice
    FROM placed
),

marked AS (
    SELECT
        worded.*,
        CASE
            WHEN has_end = 0 THEN 'no source: no ' || word || of_team || ' for ' || CAST(end_day AS VARCHAR)
            ELSE substring(end_mark || months_mark FROM 3)
        END AS at_end,
        CASE
            WHEN has_end = 0 THEN 'no source: no ' || word || of_team || ' for ' || CAST(end_day AS VARCHAR)
            WHEN has_start = 0 THEN 'no source: no ' || word || of_team || ' for ' || CAST(start_day AS VARCHAR)
            ELSE substring(start_mark || end_mark || months_mark || people_mark FROM 3)
        END AS through,
        substring(months_mark || team_months_mark FROM 3) AS in_year
    FROM worded
)

SELECT
    marked.register,
    marked.team,
    marked.academic_year,
    marked.months,
    marked.has_start = 1 AS has_start,
    marked.has_end = 1 AS has_end,
    marked.as_of > marked.end_day AS is_over,
    CASE WHEN marked.has_end = 0 THEN 'unavailable' END AS reason_at_end,
    NULLIF(marked.at_end, '') AS mark_at_end,
    CASE WHEN marked.has_end = 0 OR marked.has_start = 0 THEN 'unavailable' END AS reason_through,
    NULLIF(marked.through, '') AS mark_through,
    NULLIF(marked.in_year, '') AS mark_in_year,
    from_last._delivery,
    from_last._sheet,
    from_last._row
FROM marked
LEFT JOIN from_last
    ON from_last.register = marked.register
    AND from_last.team = marked.team
    AND from_last.first_year = marked.first_year
    AND from_last.choice = 1
ORDER BY marked.register NULLS LAST, marked.team NULLS LAST, marked.academic_year NULLS LAST

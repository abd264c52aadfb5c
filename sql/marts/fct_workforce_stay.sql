/*
title = "Who stayed, moved and left through each academic year, as each reading of retention and turnover counts them"
grain = "one person, of all teams or of one, in one academic year, by one reading"
key = ["academic_year", "breakdown", "holder"]
reads = ["fct_workforce_year"]

[columns]
academic_year = "Academic year, such as 2024/25: from the 31 August before it to its own."
team = "The team; `all` for the teams in all, of which each person is one, however many teams."
breakdown = "The reading, and the team: total or team=EP (persons who are there at the end, or are not); basis=fte (the same by full-time equivalents); reading=same post (who moved within is no stayer, and a leaver); move=within the team and move=to another team (who moved, alone)."
holder = "Pseudonym of the person, the same in every month and post."
is_at_start = "Whether the person is there at the end of the 31 August before the year."
is_at_end = "Whether the person is there at the end of the year's own 31 August."
at_start = "What the person counts among those at the start (persons, or FTE): what retention is over."
stayed = "What of that stayed, or moved, by the reading (persons, or FTE)."
mean_of_ends = "What the person counts in the mean of start and end (persons, or FTE): half for each; what turnover is over."
went = "What left, or moved, by the reading (persons, or FTE): who came after the start too."
_delivery = "The delivery of the last row about the person in the year: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH member AS (
    SELECT
        year.*,
        max(last_month) OVER (PARTITION BY academic_year, holder) AS last_anywhere,
        row_number() OVER (
            PARTITION BY academic_year, holder
            ORDER BY last_month DESC NULLS LAST, team NULLS LAST
        ) AS from_last
    FROM mart.fct_workforce_year AS year
),

person AS (
    SELECT
        academic_year,
        'all' AS team,
        holder,
        sum(fte_at_start) AS fte_at_start,
        sum(fte_at_end) AS fte_at_end,
        sum(CASE WHEN last_month = last_anywhere THEN fte_last END) AS fte_last,
        max(CASE WHEN is_at_start THEN 1 ELSE 0 END) AS is_start,
        max(CASE WHEN is_at_end THEN 1 ELSE 0 END) AS is_end,
        max(CASE WHEN is_at_start AND is_at_end THEN 1 ELSE 0 END) AS is_in_team,
        max(CASE WHEN is_in_same_post THEN 1 ELSE 0 END) AS is_same,
        max(CASE WHEN from_last = 1 THEN _delivery END) AS _delivery,
        max(CASE WHEN from_last = 1 THEN _sheet END) AS _sheet,
        max(CASE WHEN from_last = 1 THEN _row END) AS _row
    FROM member
    GROUP BY academic_year, holder
),

-- A mover to another team is a leaver of the own and not of all.
counted AS (
    SELECT person.*, is_start * is_end * (1 - is_in_team) AS is_elsewhere
    FROM person
    UNION ALL
    SELECT
        academic_year,
        team,
        holder,
        fte_at_start,
        fte_at_end,
        fte_last,
        CASE WHEN is_at_start THEN 1 ELSE 0 END,
        CASE WHEN is_at_end THEN 1 ELSE 0 END,
        CASE WHEN is_at_start AND is_at_end THEN 1 ELSE 0 END,
        CASE WHEN is_in_same_post THEN 1 ELSE 0 END,
        _delivery,
        _sheet,
        _row,
        CASE WHEN NOT is_at_end AND is_elsewhere_at_end THEN 1 ELSE 0 END
    FROM member
),

read_as AS (
    SELECT
        counted.*,
        reading.kind,
        CASE
            WHEN reading.kind <> 'total' THEN reading.kind || CASE WHEN counted.team = 'all' THEN '' ELSE ', team=' || counted.team END
            WHEN counted.team = 'all' THEN 'total'
            ELSE 'team=' || counted.team
        END AS breakdown
    FROM counted
    CROSS JOIN (
        VALUES ('total'), ('basis=fte'), ('reading=same post'), ('move=within the team'), ('move=to another team')
    ) AS reading (kind)
)

SELECT
    academic_year,
    team,
    breakdown,
    holder,
    is_start = 1 AS is_at_start,
    is_end = 1 AS is_at_end,
    CASE kind WHEN 'basis=fte' THEN fte_at_start ELSE is_start END AS at_start,
    is_start * CASE kind
        WHEN 'total' THEN is_end
        WHEN 'basis=fte' THEN fte_at_start * is_end
        WHEN 'reading=same post' THEN is_same
        WHEN 'move=within the team' THEN is_in_team - is_same
        ELSE is_elsewhere
    END AS stayed,
    CASE kind WHEN 'basis=fte' THEN fte_at_start + fte_at_end ELSE is_start + is_end END * 0.5 AS mean_of_ends,
    CASE kind
        WHEN 'total' THEN 1 - is_end
        WHEN 'basis=fte' THEN COALESCE(fte_last, 0) * (1 - is_end)
        WHEN 'reading=same post' THEN 1 - is_end + is_start * is_end * (1 - is_same)
        WHEN 'move=within the team' THEN is_in_team - is_same
        ELSE is_elsewhere
    END AS went,
    _delivery,
    _sheet,
    _row
FROM read_as
ORDER BY academic_year NULLS LAST, breakdown NULLS LAST, holder NULLS LAST

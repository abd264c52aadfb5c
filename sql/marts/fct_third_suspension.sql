/*
title = "Pupils with a third suspension in an academic year, and how long each waited for a discussion"
grain = "one pupil with a third suspension in one academic year whose January census is here, or that has begun and of which the log tells: see dim_roll_year"
key = ["academic_year", "pupil"]
reads = ["dim_date", "dim_roll_year", "fct_inclusion_discussion", "fct_suspension"]

[columns]
academic_year = "Academic year in which the third suspension began."
pupil = "Pseudonym of the pupil, the same under every number that the pupil has had."
la_code = "Three-digit authority code of the school of the third suspension."
urn = "Unique reference number of that school."
start_date = "First day of the third suspension."
school_day_number = "Number of that school day: see dim_date; NULL where the calendar does not have it."
days_to_discussion = "School days from that day to the first discussion that names it (SUSP3) and took place on it or later (school days): 0 on the day itself, in the holidays what was counted when they began. NULL where there is none within 60."
wait = "How long that is: 0 to 5, 6 to 10, 11 to 15 or 16 to 60 school days, or none within 60 school days."
is_wait_known = "Whether the calendar tells: false where there is a discussion within 210 days whose school days it does not have, and no other."
is_picked_up = "Whether there was such a discussion within 15 school days."
is_pick_up_known = "Whether the calendar tells that: false where there is a discussion within 92 days whose school days it does not have, and none in time."
_delivery = "The delivery of the third suspension: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH third AS (
    SELECT event.*, day.school_day_number
    FROM mart.fct_suspension AS event
    INNER JOIN mart.dim_roll_year AS january ON january.academic_year = event.academic_year
    LEFT JOIN mart.dim_date AS day ON day.date = event.start_date
    WHERE event.number_in_year = 3
),

-- Where the calendar reaches neither, nobody knows: 15 school days are never 92 days, and 60 never 210.
waited AS (
    SELECT
        third.academic_year,
        third.pupil,
        min(CASE
            WHEN discussion.meeting_date = third.start_date THEN 0
            WHEN discussion.meeting_school_day - third.school_day_number <= 60
                THEN discussion.meeting_school_day - third.school_day_number
        END) AS days,
        max(CASE
            WHEN discussion.meeting_school_day IS NOT NULL AND third.school_day_number IS NOT NULL THEN 0
            WHEN discussion.meeting_date <= third.start_date + INTERVAL '92' DAY THEN 1
            ELSE 0
        END) AS is_beyond_15,
        max(CASE
            WHEN discussion.meeting_school_day IS NOT NULL AND third.school_day_number IS NOT NULL THEN 0
            WHEN discussion.meeting_date <= third.start_date + INTERVAL '210' DAY THEN 1
            ELSE 0
        END) AS is_beyond_60
    FROM third
    LEFT JOIN mart.fct_inclusion_discussion AS discussion
        ON discussion.pupil = third.pupil
        AND discussion.trigger = 'SUSP3'
        AND discussion.is_discussed
        AND discussion.meeting_date >= third.start_date
    GROUP BY third.academic_year, third.pupil
)

SELECT
    third.academic_year,
    third.pupil,
    third.la_code,
    third.urn,
    third.start_date,
    third.school_day_number,
    waited.days AS days_to_discussion,
    CASE
        WHEN waited.days IS NULL THEN 'none within 60 school days'
        WHEN waited.days <= 5 THEN '0 to 5 school days'
        WHEN waited.days <= 10 THEN '6 to 10 school days'
        WHEN waited.days <= 15 THEN '11 to 15 school days'
        ELSE '16 to 60 school days'
    END AS wait,
    waited.days IS NOT NULL OR waited.is_beyond_60 = 0 AS is_wait_known,
    COALESCE(waited.days <= 15, FALSE) AS is_picked_up,
    COALESCE(waited.days <= 15, FALSE) OR waited.is_beyond_15 = 0 AS is_pick_up_known,
    third._delivery,
    third._sheet,
    third._row
FROM third
INNER JOIN waited
    ON waited.academic_year = third.academic_year
    AND waited.pupil = third.pupil
ORDER BY third.academic_year NULLS LAST, third.pupil NULLS LAST

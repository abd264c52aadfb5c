/*
title = "Suspensions and permanent exclusions in each of the figures that count them"
grain = "one suspension, lunchtime suspension or permanent exclusion in one figure of one place"
key = ["geography_level", "geography_code", "breakdown", "pupil", "series_urn", "start_date", "category"]
reads = ["dim_geography", "dim_roll_year", "fct_roll", "fct_suspension"]

[columns]
academic_year = "Academic year in which it counts."
geography_level = "school or authority."
geography_code = "Unique reference number under which the school's figures stand, or three-digit authority code."
breakdown = "total; of an authority phase=primary and the like, and of its schools that count in totals: sen=N, K or E at the start of the suspension, need=SEMH and the like by the primary need in January, reason=PP and the like by each of its reasons."
la_code = "Three-digit authority code of the school."
phase = "Phase that the school counts under."
is_in_totals = "Whether figures of an authority count the school: see dim_school."
pupil = "Pseudonym of the pupil, the same under every number that the pupil has had."
series_urn = "Unique reference number under which the school's figures stand through the years."
urn = "Unique reference number of the school, as the last report says it."
start_date = "First day of the suspension, or day of the permanent exclusion."
category = "SUSP suspension, LNCH lunchtime suspension, PERM permanent exclusion."
sessions = "Half days that the pupil was due in and missed (number), as last reported."
reason_1 = "Main reason, as last reported."
is_provisional = "True while a census that has to report it again is not in: see fct_suspension."
number_of_enrolment = "Which of the pupil's suspensions of the year at this school it is, by date, among those that this figure counts: the first stands for the enrolment, the second for one suspended again. NULL for a permanent exclusion."
_delivery = "The delivery of the last report: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH need_of_pupil AS (
    -- Of a pupil with SEN support or a plan whose need no table tells, that is said.
    SELECT january.academic_year, roll.pupil, COALESCE(min(roll.primary_need), 'not told') AS primary_need
    FROM mart.dim_roll_year AS january
    INNER JOIN mart.fct_roll AS roll ON roll.academic_year = january.roll_year
    WHERE roll.term = 'spring'
        AND roll.is_headcount
        AND roll.is_in_totals
        AND (roll.primary_need IS NOT NULL OR roll.sen_provision IN ('K', 'E'))
        AND roll.pupil IS NOT NULL
    GROUP BY january.academic_year, roll.pupil
),

grouped AS (
    SELECT
        'authority' AS geography_level,
        event.la_code AS geography_code,
        CASE split.kind
            WHEN 'sen' THEN 'sen=' || event.sen_provision
            WHEN 'need' THEN 'need=' || need_of_pupil.primary_need
            WHEN 'reason_1' THEN 'reason=' || event.reason_1
            WHEN 'reason_2' THEN CASE WHEN event.reason_2 <> COALESCE(event.reason_1, '') THEN 'reason=' || event.reason_2 END
            WHEN 'reason_3' THEN CASE
                WHEN event.reason_3 <> COALESCE(event.reason_1, '')
                    AND event.reason_3 <> COALESCE(event.reason_2, '')
                    THEN 'reason=' || event.reason_3
            END
        END AS breakdown,
        event.*
    FROM mart.fct_suspension AS event
    LEFT JOIN need_of_pupil
        ON need_of_pupil.academic_year = event.academic_year
        AND need_of_pupil.pupil = event.pupil
    CROSS JOIN (VALUES ('sen'), ('need'), ('reason_1'), ('reason_2'), ('reason_3')) AS split (kind)
    WHERE event.is_in_totals
        AND event.la_code IS NOT NULL
),

placed AS (
    SELECT place.geography_level, place.geography_code, place.breakdown, event.*
    FROM mart.fct_suspension AS event
    INNER JOIN mart.dim_geography AS place
        ON place.la_code = event.la_code
        AND place.series_urn IS NOT DISTINCT FROM event.series_urn
        AND place.phase IS NOT DISTINCT FROM event.phase
        AND place.is_in_totals = event.is_in_totals
        AND place.counts
    UNION ALL
    SELECT grouped.*
    FROM grouped
    WHERE breakdown IS NOT NULL
)

SELECT
    academic_year,
    geography_level,
    geography_code,
    breakdown,
    la_code,
    phase,
    is_in_totals,
    pupil,
    series_urn,
    urn,
    start_date,
    category,
    sessions,
    reason_1,
    is_provisional,
    CASE
        WHEN category <> 'PERM' THEN row_number() OVER (
            PARTITION BY
                academic_year,
                geography_level,
                geography_code,
                breakdown,
                series_urn,
                pupil,
                CASE WHEN category = 'PERM' THEN 1 ELSE 0 END
            ORDER BY start_date NULLS LAST, category NULLS LAST
        )
    END AS number_of_enrolment,
    _delivery,
    _sheet,
    _row
FROM placed
ORDER BY
    geography_level NULLS LAST,
    geography_code NULLS LAST,
    breakdown NULLS LAST,
    pupil NULLS LAST,
    series_urn NULLS LAST,
    start_date NULLS LAST,
    category NULLS LAST

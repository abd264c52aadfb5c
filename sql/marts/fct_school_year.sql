/*
title = "Pupils, suspensions, absence and needs of an academic year, added up for each school, phase and authority"
grain = "one school, or one authority, or one phase of one authority, in one academic year"
key = ["academic_year", "geography_level", "geography_code", "breakdown"]
reads = ["census_mark", "census_table", "dim_authority", "dim_geography", "dim_school_series", "dim_term", "fct_absence", "fct_census_school", "fct_roll", "fct_suspension_counted"]

[columns]
academic_year = "Academic year of which there is a census; without a spring census only the authority's total, with no figures."
geography_level = "school or authority."
geography_code = "Unique reference number under which the school's figures stand, or three-digit authority code."
geography_name = "As GIAS and the published files name it; NULL where they do not."
la_code = "Three-digit authority code; of a school, the one that its figures stand under."
phase = "Phase of the school; NULL for an authority."
is_in_totals = "Whether the total of the authority counts it (schools and phases): state-funded primary, secondary and special schools. See dim_school."
breakdown = "total, or phase=primary and the like, of the authority. The total has no referral units, nurseries and others; each is a phase of its own."
pupils = "Pupils on roll in the January census, sole and dual main registrations (number); NULL where there is no January census."
all_pupils = "Pupils on roll in January of all schools, referral units and nurseries too (number): of an authority more than `pupils`."
sen_support = "Of all pupils, those with SEN support (number)."
plans = "Of all pupils, those with an education, health and care plan (number)."
suspensions = "Suspensions that began in the year, lunchtimes among them (number); NULL where no census tells any of the year."
suspended_enrolments = "Enrolments with one or more of them (number): a pupil counts at each school."
repeat_enrolments = "Of these, those with two or more (number)."
sessions_lost = "Half days of these suspensions, as last reported (number)."
permanent_exclusions = "Permanent exclusions of the year that still stand (number)."
absence_enrolments = "Enrolments aged 5 to 15 with possible sessions, without those that began in the second half of the summer term (number); NULL where no sessions of the year came."
persistently_absent = "Of these, those that missed a tenth or more of their possible sessions (number)."
severely_absent = "Of these, those that missed half or more (number)."
part_time_enrolments = "Of these, those with a session of a part-time timetable (number): none is known of before 2024/25."
off_site_enrolments = "Of these, those with a session of education off site or provision that the authority arranged (number)."
roll_mark = "What to know beside figures of all pupils: see census_mark."
suspension_mark = "What to know beside figures of suspensions and exclusions."
absence_mark = "What to know beside figures of absence."
*/
WITH year_with_roll AS (
    SELECT DISTINCT academic_year
    FROM mart.fct_roll
    WHERE term = 'spring'
),

-- Whether any census tells suspensions of the year, and whether any tells its sessions.
year_told AS (
    SELECT
        dim_term.academic_year,
        bool_or(
            census_table.table_name IN ('suspension_on_roll', 'suspension_off_roll')
            AND census_table.census - dim_term.term_number IN (1, 2)
        ) AS tells_suspensions,
        bool_or(
            census_table.table_name IN (
                'sessions_on_roll', 'sessions_off_roll', 'summer_second_half_sessions_on_roll', 'summer_second_half_sessions_off_roll'
            )
            AND census_table.census - dim_term.term_number = 1
        ) AS tells_sessions
    FROM mart.dim_term
    INNER JOIN mart.census_table
        ON census_table.census BETWEEN dim_term.term_number + 1 AND dim_term.term_number + 2
        AND census_table.tells
    GROUP BY dim_term.academic_year
),

-- `counts` says whether the row counts in the figures of the place: for an authority's total, whether its school does.
placed AS (
    SELECT
        roll.academic_year,
        place.geography_level,
        place.geography_code,
        place.breakdown,
        place.counts,
        place.la_code,
        place.phase,
        place.is_in_totals,
        1 AS pupils,
        CASE WHEN roll.sen_provision = 'K' THEN 1 ELSE 0 END AS sen_support,
        CASE WHEN roll.sen_provision = 'E' THEN 1 ELSE 0 END AS plans,
        0 AS suspensions,
        0 AS suspended_enrolments,
        0 AS repeat_enrolments,
        0 AS sessions_lost,
        0 AS permanent_exclusions,
        0 AS absence_enrolments,
        0 AS persistently_absent,
        0 AS severely_absent,
        0 AS part_time_enrolments,
        0 AS off_site_enrolments
    FROM mart.fct_roll AS roll
    INNER JOIN mart.dim_geography AS place
        ON place.la_code = roll.la_code
        AND place.series_urn IS NOT DISTINCT FROM roll.series_urn
        AND place.phase IS NOT DISTINCT FROM roll.phase
        AND place.is_in_totals = roll.is_in_totals
    WHERE roll.term = 'spring'
        AND roll.is_headcount
    UNION ALL
    SELECT
        academic_year,
        geography_level,
        geography_code,
        breakdown,
        TRUE,
        la_code,
        phase,
        is_in_totals,
        0,
        0,
        0,
        CASE WHEN category = 'PERM' THEN 0 ELSE 1 END,
        CASE WHEN number_of_enrolment = 1 THEN 1 ELSE 0 END,
        CASE WHEN number_of_enrolment = 2 THEN 1 ELSE 0 END,
        CASE WHEN category = 'PERM' THEN 0 ELSE COALESCE(sessions, 0) END,
        CASE WHEN category = 'PERM' THEN 1 ELSE 0 END,
        0,
        0,
        0,
        0,
        0
    FROM mart.fct_suspension_counted
    WHERE breakdown = 'total'
        OR breakdown LIKE 'phase=%'
    UNION ALL
    SELECT
        absence.academic_year,
        place.geography_level,
        place.geography_code,
        place.breakdown,
        place.counts,
        place.la_code,
        place.phase,
        place.is_in_totals,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        1,
        CASE WHEN absence.is_persistent THEN 1 ELSE 0 END,
        CASE WHEN absence.is_severe THEN 1 ELSE 0 END,
        CASE WHEN absence.sessions_part_time > 0 THEN 1 ELSE 0 END,
        CASE WHEN absence.sessions_off_site > 0 THEN 1 ELSE 0 END
    FROM mart.fct_absence AS absence
    INNER JOIN mart.dim_geography AS place
        ON place.la_code = absence.la_code
        AND place.series_urn IS NOT DISTINCT FROM absence.series_urn
        AND place.phase IS NOT DISTINCT FROM absence.phase
        AND place.is_in_totals = absence.is_in_totals
    WHERE absence.is_in_rates
),

summed AS (
    SELECT
        placed.academic_year,
        placed.geography_level,
        placed.geography_code,
        placed.breakdown,
        min(placed.la_code) AS la_code,
        min(placed.phase) AS phase,
        bool_or(placed.is_in_totals) AS is_in_totals,
        sum(CASE WHEN counts THEN pupils ELSE 0 END) AS pupils,
        sum(pupils) AS all_pupils,
        sum(sen_support) AS sen_support,
        sum(plans) AS plans,
        sum(CASE WHEN counts THEN suspensions ELSE 0 END) AS suspensions,
        sum(CASE WHEN counts THEN suspended_enrolments ELSE 0 END) AS suspended_enrolments,
        sum(CASE WHEN counts THEN repeat_enrolments ELSE 0 END) AS repeat_enrolments,
        sum(CASE WHEN counts THEN sessions_lost ELSE 0 END) AS sessions_lost,
        sum(CASE WHEN counts THEN permanent_exclusions ELSE 0 END) AS permanent_exclusions,
        sum(CASE WHEN counts THEN absence_enrolments ELSE 0 END) AS absence_enrolments,
        sum(CASE WHEN counts THEN persistently_absent ELSE 0 END) AS persistently_absent,
        sum(CASE WHEN counts THEN severely_absent ELSE 0 END) AS severely_absent,
        sum(CASE WHEN counts THEN part_time_enrolments ELSE 0 END) AS part_time_enrolments,
        sum(CASE WHEN counts THEN off_site_enrolments ELSE 0 END) AS off_site_enrolments
    FROM placed
    INNER JOIN year_with_roll ON year_with_roll.academic_year = placed.academic_year
    GROUP BY placed.academic_year, placed.geography_level, placed.geography_code, placed.breakdown
    UNION ALL
    -- A year of which there is a census and no roll in January: the authority, and why it has no figure.
    SELECT DISTINCT
        school.academic_year, 'authority', school.la_code, 'total', school.la_code, CAST(NULL AS VARCHAR), TRUE,
        CAST(NULL AS BIGINT), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM mart.fct_census_school AS school
    WHERE school.la_code IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM year_with_roll WHERE year_with_roll.academic_year = school.academic_year)
)

SELECT
    summed.academic_year,
    summed.geography_level,
    summed.geography_code,
    COALESCE(series.series_name, authority.name) AS geography_name,
    summed.la_code,
    CASE WHEN summed.geography_level = 'school' THEN summed.phase END AS phase,
    summed.is_in_totals,
    summed.breakdown,
    CAST(summed.pupils AS BIGINT) AS pupils,
    CAST(summed.all_pupils AS BIGINT) AS all_pupils,
    CAST(summed.sen_support AS BIGINT) AS sen_support,
    CAST(summed.plans AS BIGINT) AS plans,
    CASE WHEN year_told.tells_suspensions THEN CAST(summed.suspensions AS BIGINT) END AS suspensions,
    CASE WHEN year_told.tells_suspensions THEN CAST(summed.suspended_enrolments AS BIGINT) END AS suspended_enrolments,
    CASE WHEN year_told.tells_suspensions THEN CAST(summed.repeat_enrolments AS BIGINT) END AS repeat_enrolments,
    CASE WHEN year_told.tells_suspensions THEN CAST(summed.sessions_lost AS BIGINT) END AS sessions_lost,
    CASE WHEN year_told.tells_suspensions THEN CAST(summed.permanent_exclusions AS BIGINT) END AS permanent_exclusions,
    CASE WHEN year_told.tells_sessions THEN CAST(summed.absence_enrolments AS BIGINT) END AS absence_enrolments,
    CASE WHEN year_told.tells_sessions THEN CAST(summed.persistently_absent AS BIGINT) END AS persistently_absent,
    CASE WHEN year_told.tells_sessions THEN CAST(summed.severely_absent AS BIGINT) END AS severely_absent,
    CASE WHEN year_told.tells_sessions THEN CAST(summed.part_time_enrolments AS BIGINT) END AS part_time_enrolments,
    CASE WHEN year_told.tells_sessions THEN CAST(summed.off_site_enrolments AS BIGINT) END AS off_site_enrolments,
    roll.mark AS roll_mark,
    CASE
        WHEN counted.mark IS NULL THEN suspended.mark
        WHEN suspended.mark IS NULL THEN counted.mark
        ELSE counted.mark || '; ' || suspended.mark
    END AS suspension_mark,
    absent.mark AS absence_mark
FROM summed
LEFT JOIN year_told ON year_told.academic_year = summed.academic_year
LEFT JOIN mart.dim_school_series AS series
    ON series.urn = summed.geography_code
    AND summed.geography_level = 'school'
LEFT JOIN mart.dim_authority AS authority
    ON authority.la_code = summed.geography_code
    AND authority.is_current
    AND summed.geography_level = 'authority'
LEFT JOIN mart.census_mark AS roll
    ON roll.academic_year = summed.academic_year
    AND roll.about = 'roll'
    AND roll.geography_level = summed.geography_level
    AND roll.geography_code = summed.geography_code
    AND roll.breakdown = CASE WHEN summed.geography_level = 'authority' AND summed.breakdown = 'total' THEN 'any' ELSE summed.breakdown END
LEFT JOIN mart.census_mark AS counted
    ON counted.academic_year = summed.academic_year
    AND counted.about = 'roll'
    AND counted.geography_level = summed.geography_level
    AND counted.geography_code = summed.geography_code
    AND counted.breakdown = summed.breakdown
LEFT JOIN mart.census_mark AS suspended
    ON suspended.academic_year = summed.academic_year
    AND suspended.about = 'suspension'
    AND suspended.geography_level = summed.geography_level
    AND suspended.geography_code = summed.geography_code
    AND suspended.breakdown = summed.breakdown
LEFT JOIN mart.census_mark AS absent
    ON absent.academic_year = summed.academic_year
    AND absent.about = 'absence'
    AND absent.geography_level = summed.geography_level
    AND absent.geography_code = summed.geography_code
    AND absent.breakdown = summed.breakdown
ORDER BY
    summed.academic_year NULLS LAST,
    summed.geography_level NULLS LAST,
    summed.geography_code NULLS LAST,
    summed.breakdown NULLS LAST

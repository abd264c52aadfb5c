/*
title = "Schools of each January census, with their use of the Graduated Response Tool and what they say of it"
grain = "one school in one academic year"
key = ["academic_year", "series_urn"]
reads = ["dim_date", "fct_census_school", "fct_graduated_response", "fct_graduated_response_return"]

[columns]
academic_year = "Academic year, such as 2024/25; only those with a January census."
series_urn = "Unique reference number under which the school's figures stand through the years."
urn = "Unique reference number of the school as the census says it; of several, one."
phase = "Phase that the school counts under: see dim_school."
cycles = "Cycles that were opened in the year, by the log (number)."
cycles_autumn = "Of these, those opened in the autumn term (number): see dim_date. A day that the calendar does not have is in no term."
cycles_spring = "Of these, those opened in the spring term (number)."
cycles_summer = "Of these, those opened in the summer term (number)."
says = "What its returns of the year say: pupils have plans, no pupil has a plan, or nothing where it returned nothing."
_delivery = "The delivery of the school's row in the January census: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH school AS (
    SELECT
        census.*,
        row_number() OVER (
            PARTITION BY academic_year, series_urn
            ORDER BY phase NULLS LAST, urn NULLS LAST, _delivery NULLS LAST, _sheet NULLS LAST, _row NULLS LAST
        ) AS choice
    FROM mart.fct_census_school AS census
    WHERE term = 'spring'
        AND series_urn IS NOT NULL
),

used AS (
    SELECT
        cycle.academic_year,
        cycle.series_urn,
        count(*) AS cycles,
        sum(CASE WHEN day.term = 'autumn' THEN 1 ELSE 0 END) AS cycles_autumn,
        sum(CASE WHEN day.term = 'spring' THEN 1 ELSE 0 END) AS cycles_spring,
        sum(CASE WHEN day.term = 'summer' THEN 1 ELSE 0 END) AS cycles_summer
    FROM mart.fct_graduated_response AS cycle
    LEFT JOIN mart.dim_date AS day ON day.date = cycle.opened
    GROUP BY cycle.academic_year, cycle.series_urn
),

said AS (
    SELECT academic_year, series_urn, max(CASE WHEN pupils_with_plan > 0 THEN 1 ELSE 0 END) AS has_plans
    FROM mart.fct_graduated_response_return
    GROUP BY academic_year, series_urn
)

SELECT
    school.academic_year,
    school.series_urn,
    school.urn,
    school.phase,
    CAST(COALESCE(used.cycles, 0) AS BIGINT) AS cycles,
    CAST(COALESCE(used.cycles_autumn, 0) AS BIGINT) AS cycles_autumn,
    CAST(COALESCE(used.cycles_spring, 0) AS BIGINT) AS cycles_spring,
    CAST(COALESCE(used.cycles_summer, 0) AS BIGINT) AS cycles_summer,
    CASE said.has_plans WHEN 1 THEN 'pupils have plans' WHEN 0 THEN 'no pupil has a plan' ELSE 'nothing' END AS says,
    school._delivery,
    school._sheet,
    school._row
FROM school
LEFT JOIN used
    ON used.academic_year = school.academic_year
    AND used.series_urn = school.series_urn
LEFT JOIN said
    ON said.academic_year = school.academic_year
    AND said.series_urn = school.series_urn
WHERE school.choice = 1
ORDER BY school.academic_year NULLS LAST, school.series_urn NULLS LAST

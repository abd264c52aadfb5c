/*
title = "Education, health and care plans maintained"
basis = "local"
area = "context"
unit = "count"
polarity = "none"
grain = "one council in one academic year"
place = "council"
period_rule = "academic year: the January census within it (2024/25 is January 2025); a month: on its last day"
period_kind = "academic_year"
day = "issued"
needs = ["sen2.active_plan | ehcp_cases.named_plan | ehcp_cases.case_list"]
rounding = "decimal_half_up(0)"
source = "DfE, SEN2 guide, module 5a; Education, health and care plans, 2025, caseload"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "Counted as the return has them on census day in January; a plan whose row was refused is not counted: see `sendmart faults`.",
  "Of a list of cases: plans issued by the day (31 December for the academic year, the last of a month) and not ended on it; months are those of years that no return tells.",
  "Person by person since the return of 2023: earlier totals are another series.",
  "A year that no SEN2 return tells yet is told by the case system's list of all cases, as far as the latest goes, and marked provisional: the return replaces it.",
]
reads = ["dim_ehcp_year", "fct_ehcp_plan", "return_stand_in"]

[rows]
every = """
SELECT
    plan.census_academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, 'total' AS breakdown,
    plan.request_id, plan.received, plan.issued, plan.moved_from, plan.last_meeting, 1 AS in_numerator,
    plan._delivery, plan._sheet, plan._row
FROM mart.fct_ehcp_plan_in_force AS plan
CROSS JOIN mart.dim_council AS council
UNION ALL
SELECT
    year.census_academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, 'total' AS breakdown,
    plan.request_id, plan.received, plan.issued, CAST(NULL AS VARCHAR) AS moved_from, CAST(NULL AS DATE) AS last_meeting, 1 AS in_numerator,
    plan._delivery, plan._sheet, plan._row
FROM mart.fct_ehcp_plan AS plan
INNER JOIN mart.dim_ehcp_year AS year
    ON year.calendar_year = plan.calendar_year
    AND year.told_by = 'extract'
    AND year.told_until = year.year_end
CROSS JOIN mart.dim_council AS council
WHERE plan.starts > 0
    AND plan.issued <= year.year_end
    AND COALESCE(plan.ceased > year.year_end, TRUE)
"""

[series]
day = "stood_on"
kinds = ["month"]
stock = true
standing = """
SELECT
    year.census_academic_year AS period, 'authority' AS geography_level, council.la_code AS geography_code, 'total' AS breakdown,
    month.period_end AS stood_on, plan.request_id, plan.received, plan.issued, 1 AS in_numerator,
    plan._delivery, plan._sheet, plan._row
FROM mart.fct_ehcp_plan AS plan
INNER JOIN mart.dim_ehcp_year AS year
    ON year.calendar_year = plan.calendar_year
    AND year.told_by = 'extract'
INNER JOIN mart.dim_period AS month
    ON month.period_kind = 'month'
    AND month.period_end BETWEEN year.year_start AND year.told_until
    AND plan.issued <= month.period_end
    AND COALESCE(plan.ceased > month.period_end, TRUE)
CROSS JOIN mart.dim_council AS council
WHERE plan.starts > 0
"""
*/
WITH stood AS (
    SELECT year.calendar_year, count(*) AS plans
    FROM mart.dim_ehcp_year AS year
    INNER JOIN mart.fct_ehcp_plan AS plan
        ON plan.calendar_year = year.calendar_year
        AND plan.starts > 0
        AND plan.issued <= year.year_end
        AND COALESCE(plan.ceased > year.year_end, TRUE)
    WHERE year.told_by = 'extract'
    GROUP BY year.calendar_year
),

told AS (
    SELECT
        year.*,
        CASE WHEN year.told_by = 'extract' THEN COALESCE(stood.plans, 0) ELSE year.active_plans END AS plans,
        CASE WHEN year.told_by = 'extract' THEN year.named_plans ELSE year.active_plans END AS records
    FROM mart.dim_ehcp_year AS year
    LEFT JOIN stood ON stood.calendar_year = year.calendar_year
    -- A year whose January lies ahead of the list has months alone.
    WHERE COALESCE(year.told_until, year.year_end) = year.year_end
)

SELECT
    told.census_academic_year AS period, -- academic year of the January census
    CASE WHEN told.records > 0 THEN CAST(told.plans AS DOUBLE) END AS numerator, -- plans maintained on census day; of a list of cases on 31 December
    CASE WHEN told.records = 0 THEN 'unavailable' END AS reason, -- there are no plans in force
    CASE WHEN told.records = 0 THEN 'no source: ' || told.absence ELSE stand_in.mark END AS mark
FROM told
LEFT JOIN mart.return_stand_in AS stand_in
    ON stand_in.need = 'ehcp_cases.named_plan'
    AND stand_in.period_kind = 'calendar_year'
    AND stand_in.period = told.calendar_year

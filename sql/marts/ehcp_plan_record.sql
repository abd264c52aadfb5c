/*
title = "Named plans by who tells them: SEN2 returns, and the latest list of all cases"
grain = "one start of one plan, as told of one calendar year by one of the two"
key = ["told_by", "collection_year", "named_plan_id", "start_date"]
reads = ["dim_ehcp_year"]

[columns]
told_by = "Who tells it: return (its SEN2 return), or extract (the latest list of all cases)."
collection_year = "Year after the calendar year that it is told of: the year in which the SEN2 return is made."
named_plan_id = "Pseudonym of the plan's number."
assessment_id = "Pseudonym of the assessment's number."
start_date = "Day on which the plan begins."
cease_date = "Day on which it ended or was transferred."
ceased_because = "Why it ended, 1 to 9."
has_personal_budget = "Whether a personal budget was taken up."
_delivery = "The delivery that it came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
-- A list has all cases: it tells each year that it can tell.
SELECT
    'return' AS told_by,
    collection_year,
    named_plan_id,
    assessment_id,
    start_date,
    cease_date,
    ceased_because,
    has_personal_budget,
    _delivery,
    _sheet,
    _row
FROM conformed.sen2_named_plan
WHERE NOT _superseded
UNION ALL
SELECT
    'extract' AS told_by,
    year.collection_year,
    listed.named_plan_id,
    listed.assessment_id,
    listed.start_date,
    listed.cease_date,
    listed.ceased_because,
    listed.has_personal_budget,
    listed._delivery,
    listed._sheet,
    listed._row
FROM conformed.ehcp_cases_named_plan AS listed
INNER JOIN mart.dim_ehcp_year AS year
    ON year.extract_date = listed.extract_date
    AND NOT year.extract_is_flat
WHERE NOT listed._superseded
UNION ALL
SELECT
    'extract' AS told_by,
    year.collection_year,
    listed.case_id AS named_plan_id,
    listed.case_id AS assessment_id,
    listed.start_date,
    listed.cease_date,
    listed.ceased_because,
    listed.has_personal_budget,
    listed._delivery,
    listed._sheet,
    listed._row
FROM conformed.ehcp_cases_case_list AS listed
INNER JOIN mart.dim_ehcp_year AS year
    ON year.extract_date = listed.extract_date
    AND year.extract_is_flat
WHERE NOT listed._superseded
    AND listed.start_date IS NOT NULL
ORDER BY told_by NULLS LAST, collection_year NULLS LAST, named_plan_id NULLS LAST, start_date NULLS LAST

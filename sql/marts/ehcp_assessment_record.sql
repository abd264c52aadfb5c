/*
title = "Assessments by who tells them: SEN2 returns, and the latest list of all cases"
grain = "one assessment, as told of one calendar year by one of the two"
key = ["told_by", "collection_year", "assessment_id"]
reads = ["dim_ehcp_year"]

[columns]
told_by = "Who tells it: return (its SEN2 return), or extract (the latest list of all cases)."
collection_year = "Year after the calendar year that it is told of: the year in which the SEN2 return is made."
assessment_id = "Pseudonym of the assessment's number."
request_id = "Pseudonym of the request's number."
assessment_outcome = "Whether to issue a plan, as sent."
assessment_outcome_date = "Day on which the plan was issued, or the person told that there will be none."
has_assessment_mediation = "Whether there was mediation about the refusal to issue a plan."
has_assessment_tribunal = "Whether there was an appeal against it."
has_20_week_exception = "Whether an exception to the 20 weeks applies."
_delivery = "The delivery that it came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
-- A list has all cases: it tells each year that it can tell.
SELECT
    'return' AS told_by,
    collection_year,
    assessment_id,
    request_id,
    assessment_outcome,
    assessment_outcome_date,
    has_assessment_mediation,
    has_assessment_tribunal,
    has_20_week_exception,
    _delivery,
    _sheet,
    _row
FROM conformed.sen2_assessment
WHERE NOT _superseded
UNION ALL
SELECT
    'extract' AS told_by,
    year.collection_year,
    listed.assessment_id,
    listed.request_id,
    listed.assessment_outcome,
    listed.assessment_outcome_date,
    listed.has_assessment_mediation,
    listed.has_assessment_tribunal,
    listed.has_20_week_exception,
    listed._delivery,
    listed._sheet,
    listed._row
FROM conformed.ehcp_cases_assessment AS listed
INNER JOIN mart.dim_ehcp_year AS year
    ON year.extract_date = listed.extract_date
    AND NOT year.extract_is_flat
WHERE NOT listed._superseded
UNION ALL
-- A plan without the end of its assessment: decided before anything that the list has of it.
SELECT
    'extract' AS told_by,
    year.collection_year,
    listed.case_id AS assessment_id,
    listed.case_id AS request_id,
    CASE WHEN listed.assessment_outcome IS NULL AND listed.start_date IS NOT NULL THEN 'H' ELSE listed.assessment_outcome END AS assessment_outcome,
    listed.assessment_outcome_date,
    listed.has_assessment_mediation,
    listed.has_assessment_tribunal,
    listed.has_20_week_exception,
    listed._delivery,
    listed._sheet,
    listed._row
FROM conformed.ehcp_cases_case_list AS listed
INNER JOIN mart.dim_ehcp_year AS year
    ON year.extract_date = listed.extract_date
    AND year.extract_is_flat
WHERE NOT listed._superseded
    AND (listed.assessment_outcome IS NOT NULL OR listed.start_date IS NOT NULL)
ORDER BY told_by NULLS LAST, collection_year NULLS LAST, assessment_id NULLS LAST

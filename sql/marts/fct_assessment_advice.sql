/*
title = "Who gave advice to which assessment, and when"
grain = "one agency's advice to one request for an assessment"
key = ["request_id", "agency"]
reads = []

[columns]
request_id = "Pseudonym of the request's number in SEN2: joins to fct_ehcp_request."
agency = "Who was asked: EDU, EP, HEALTH_THERAPY, HEALTH_CAMHS, HEALTH_COMMUNITY, SOCIAL_CARE, PARENT or OTHER."
service = "What kind of service that is: health, social_care or other."
requested = "Day on which advice was asked for: the six weeks begin."
calendar_year = "Calendar year of that day."
due = "The last of the six weeks: 42 days later."
received = "Day on which advice came in; NULL where none did."
is_in_six_weeks = "Whether it came in by that day."
is_nil_return = "Whether the agency answered that it has nothing to say."
is_excepted = "Whether an exception of regulation 8(2) applies: the six weeks do not bind then."
is_due = "Whether the register speaks of the day by which it was due: advice came in, or the last day that stands in the register is not before it."
register_end = "The last day that stands in the register."
_delivery = "The delivery that this row came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH advice AS (
    SELECT
        advice.*,
        max(CASE WHEN received_date > requested_date THEN received_date ELSE requested_date END) OVER () AS register_end
    FROM conformed.assessment_advice_ehcna_advice AS advice
    WHERE NOT _superseded
)

SELECT
    request_id,
    agency,
    CASE
        WHEN left(agency, 7) = 'HEALTH_' THEN 'health'
        WHEN agency = 'SOCIAL_CARE' THEN 'social_care'
        ELSE 'other'
    END AS service,
    requested_date AS requested,
    CAST(extract(year FROM requested_date) AS VARCHAR) AS calendar_year,
    CAST(requested_date + INTERVAL '42' DAY AS DATE) AS due,
    received_date AS received,
    COALESCE(received_date <= CAST(requested_date + INTERVAL '42' DAY AS DATE), FALSE) AS is_in_six_weeks,
    COALESCE(nil_return, FALSE) AS is_nil_return,
    COALESCE(is_excepted, FALSE) AS is_excepted,
    received_date IS NOT NULL OR CAST(requested_date + INTERVAL '42' DAY AS DATE) <= register_end AS is_due,
    register_end,
    _delivery,
    _sheet,
    _row
FROM advice
ORDER BY request_id NULLS LAST, agency NULLS LAST

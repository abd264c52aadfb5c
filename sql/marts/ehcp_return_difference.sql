/*
title = "What a SEN2 return and the list of all cases say otherwise of a year that both tell"
grain = "one difference about one case of one calendar year"
key = ["calendar_year", "request_id", "list_request_id", "what"]
reads = ["fct_ehcp_return_compared"]

[columns]
calendar_year = "Calendar year of the return."
what = "not in the list: the return has the case and the list has not. not in the return: the other way round. received, decision, ending, exception: the two say otherwise when the request was received, what was decided on it and when, how the assessment ended and when, or whether an exception to the 20 weeks applies."
request_id = "Pseudonym of the request's number in the return; NULL where it has not the case."
list_request_id = "Pseudonym of the request's number in the list of cases; NULL where it has not the case."
in_return = "What the return says; NULL where it has nothing of the year."
in_list = "What the list says; NULL where it has nothing of the year."
_delivery = "The delivery of the return's record; where it has none, of the list's: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH said AS (
    SELECT
        compared.*,
        subject.what,
        CASE subject.what
            WHEN 'decision' THEN compared.decision
            WHEN 'ending' THEN compared.ending
            WHEN 'exception' THEN CAST(compared.is_excepted AS VARCHAR)
            ELSE CAST(compared.received AS VARCHAR)
        END AS in_return,
        CASE subject.what
            WHEN 'decision' THEN compared.list_decision
            WHEN 'ending' THEN compared.list_ending
            WHEN 'exception' THEN CAST(compared.list_is_excepted AS VARCHAR)
            ELSE CAST(compared.list_received AS VARCHAR)
        END AS in_list
    FROM mart.fct_ehcp_return_compared AS compared
    CROSS JOIN (
        VALUES ('not in the list'), ('not in the return'), ('received'), ('decision'), ('ending'), ('exception')
    ) AS subject (what)
    WHERE compared.differs
)

SELECT
    calendar_year,
    what,
    request_id,
    list_request_id,
    in_return,
    in_list,
    _delivery,
    _sheet,
    _row
FROM said
WHERE CASE what
    WHEN 'not in the list' THEN list_request_id IS NULL
    WHEN 'not in the return' THEN request_id IS NULL
    ELSE request_id IS NOT NULL AND list_request_id IS NOT NULL AND in_return IS DISTINCT FROM in_list
END
ORDER BY calendar_year NULLS LAST, request_id NULLS LAST, list_request_id NULLS LAST, what NULLS LAST

/*
title = "Audits of the quality of plans"
grain = "one audit of one plan by one auditor"
key = ["audit_id"]
reads = []

[columns]
audit_id = "Pseudonym of the audit's number in the register."
request_id = "Pseudonym of the plan's number, which is that of its request in SEN2: joins to fct_ehcp_request."
audited_on = "Day of the audit."
academic_year = "Academic year of the audit, such as 2024/25."
auditor = "Pseudonym of the auditor's code."
agency = "Whom the auditor works for."
tool_version = "Version of the audit tool: marks of two versions are not one series."
section_a = "Mark of section A, the views, interests and aspirations: 1 to 4, 4 the best; NULL where it was not marked."
section_b = "Mark of section B, the special educational needs: 1 to 4, 4 the best; NULL where it was not marked."
section_c = "Mark of section C, health needs: 1 to 4, 4 the best; NULL where it was not marked."
section_d = "Mark of section D, social care needs: 1 to 4, 4 the best; NULL where it was not marked."
section_e = "Mark of section E, the outcomes sought: 1 to 4, 4 the best; NULL where it was not marked."
section_f = "Mark of section F, the special educational provision: 1 to 4, 4 the best; NULL where it was not marked."
section_g = "Mark of section G, health provision: 1 to 4, 4 the best; NULL where it was not marked."
section_h = "Mark of section H, social care provision: 1 to 4, 4 the best; NULL where it was not marked."
section_i = "Mark of section I, the placement: 1 to 4, 4 the best; NULL where it was not marked."
section_j = "Mark of section J, the personal budget: 1 to 4, 4 the best; NULL where it was not marked."
section_k = "Mark of section K, the advice attached: 1 to 4, 4 the best; NULL where it was not marked."
golden_thread = "Mark of the thread from aspirations over needs and outcomes to provision: 1 to 4."
voice = "Mark of how the voice of the child or young person is heard: 1 to 4."
health_quality = "Mark of the health advice: 1 to 4."
care_quality = "Mark of the social care advice: 1 to 4."
overall = "Overall grade of the first auditor: O outstanding, G good, RI requires improvement, I inadequate."
is_good = "Whether that is O or G."
is_moderated = "Whether a second auditor looked at the same plan."
second_overall = "Overall grade of the second auditor; NULL where there was none."
grades_apart = "How many grades the two auditors are apart, 0 to 3 (grades); NULL where there was no second."
_delivery = "The delivery that this row came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH audit AS (
    SELECT
        audit.*,
        first_year_of(audit_date) AS first_year,
        CASE overall WHEN 'O' THEN 4 WHEN 'G' THEN 3 WHEN 'RI' THEN 2 WHEN 'I' THEN 1 END AS rank_one,
        CASE second_auditor_overall WHEN 'O' THEN 4 WHEN 'G' THEN 3 WHEN 'RI' THEN 2 WHEN 'I' THEN 1 END AS rank_two
    FROM conformed.ehcp_audit AS audit
    WHERE NOT _superseded
)

SELECT
    audit_id,
    plan_id AS request_id,
    audit_date AS audited_on,
    year_label(first_year) AS academic_year,
    auditor,
    agency,
    tool_version,
    CAST(section_a AS INTEGER) AS section_a,
    CAST(section_b AS INTEGER) AS section_b,
    CAST(section_c AS INTEGER) AS section_c,
    CAST(section_d AS INTEGER) AS section_d,
    CAST(section_e AS INTEGER) AS section_e,
    CAST(section_f AS INTEGER) AS section_f,
    CAST(section_g AS INTEGER) AS section_g,
    CAST(section_h AS INTEGER) AS section_h,
    CAST(section_i AS INTEGER) AS section_i,
    CAST(section_j AS INTEGER) AS section_j,
    CAST(section_k AS INTEGER) AS section_k,
    CAST(golden_thread AS INTEGER) AS golden_thread,
    CAST(voice AS INTEGER) AS voice,
    CAST(health_quality AS INTEGER) AS health_quality,
    CAST(care_quality AS INTEGER) AS care_quality,
    overall,
    overall IN ('O', 'G') AS is_good,
    moderated AS is_moderated,
    second_auditor_overall AS second_overall,
    abs(rank_one - rank_two) AS grades_apart,
    _delivery,
    _sheet,
    _row
FROM audit
ORDER BY audit_id NULLS LAST

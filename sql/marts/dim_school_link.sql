/*
title = "Which school came before or after which"
grain = "one link from a school to another"
key = ["urn", "linked_urn", "kind"]
reads = ["gias_links"]

[columns]
urn = "Unique reference number of the school."
linked_urn = "Unique reference number of the school that it is linked with; it may be missing from dim_school."
linked_name = "Name of the linked school as the download prints it."
relation = "What the linked school is to this one: predecessor, successor or other."
kind = "The kind of link as published, such as Predecessor - merged."
established_on = "Day from which the link holds; NULL where not recorded."
is_answered = "True when the linked school has the opposite link back. A walk through the years should want it."
is_circular = "True when the two schools each say that the other came before (or after), or a school links with itself: do not walk it."
_delivery = "The delivery that this row came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The line of the file, 1-based."
*/
WITH link AS (
    SELECT
        urn,
        linkurn AS linked_urn,
        linkname AS linked_name,
        CASE
            WHEN linktype LIKE 'Predecessor%' THEN 'predecessor'
            WHEN linktype LIKE 'Successor%' THEN 'successor'
            ELSE 'other'
        END AS relation,
        linktype AS kind,
        linkestablisheddate AS established_on,
        _delivery,
        _sheet,
        _row
    FROM mart.gias_links
    WHERE NOT _superseded
)

SELECT
    link.urn,
    link.linked_urn,
    link.linked_name,
    link.relation,
    link.kind,
    link.established_on,
    EXISTS (
        SELECT 1
        FROM link AS answer
        WHERE answer.urn = link.linked_urn
            AND answer.linked_urn = link.urn
            AND (
                (link.relation = 'predecessor' AND answer.relation = 'successor')
                OR (link.relation = 'successor' AND answer.relation = 'predecessor')
                OR (link.relation = 'other' AND answer.relation = 'other')
            )
    ) AS is_answered,
    link.urn = link.linked_urn OR EXISTS (
        SELECT 1
        FROM link AS answer
        WHERE answer.urn = link.linked_urn
            AND answer.linked_urn = link.urn
            AND link.relation <> 'other'
            AND answer.relation = link.relation
    ) AS is_circular,
    link._delivery,
    link._sheet,
    link._row
FROM link
ORDER BY link.urn NULLS LAST, link.linked_urn NULLS LAST, link.kind NULLS LAST

/*
title = "Predecessors and successors of schools"
grain = "one link between two schools of one type"
key = ["urn", "link_urn", "link_type", "established_on"]
reads = ["gias_links"]

[columns]
urn = "The school."
link_urn = "The school that it is linked to."
link_name = "The name of that school."
link_type = "Predecessor or Successor, with merged or split where it applies."
established_on = "Day on which the link was established."
*/
SELECT DISTINCT
    urn,
    linkurn AS link_urn,
    linkname AS link_name,
    linktype AS link_type,
    linkestablisheddate AS established_on
FROM mart.gias_links
WHERE NOT _superseded
ORDER BY urn NULLS LAST, link_urn NULLS LAST, link_type NULLS LAST, established_on NULLS LAST

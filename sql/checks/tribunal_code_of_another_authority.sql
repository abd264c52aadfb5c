/*
title = "Authority codes of the tribunal table"
severity = "query"
message = "The tribunal table prints an authority's code beside another authority's name"
hint = "Do not join mart.published_ehcp_tribunal on la_code for these rows: tribunal_appeal_rate goes by the name. Tell the Ministry of Justice"
*/
SELECT
    tribunal.period,
    tribunal.la_code,
    tribunal.la_name,
    authority.la_code AS code_of_that_name,
    tribunal._delivery,
    tribunal._row
FROM mart.published_ehcp_tribunal AS tribunal
INNER JOIN mart.dim_authority AS authority
    ON lower(authority.name) = lower(tribunal.la_name)
    AND authority.is_current
WHERE NOT tribunal._superseded
    AND authority.la_code <> tribunal.la_code

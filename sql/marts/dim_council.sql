/*
title = "The council whose own returns these are"
grain = "one council: one row, or none where neither the config nor a return names it"
key = ["la_code"]
reads = ["dim_authority"]

[columns]
la_code = "Three-digit authority code, as `authority` of the config has it; else as the heads of the returns give it: of SEN2 first, then of the school census; the one given most often."
name = "Name of the authority as publications print it; NULL where none is loaded."
said_by = "What says so: config, sen2 or school_census."
returns = "How many heads of that return say so (returns); 0 for the config."
*/
WITH said AS (
    SELECT authority AS la_code, 'config' AS said_by, 0 AS preference, 0 AS returns
    FROM meta.generation
    WHERE authority IS NOT NULL
    UNION ALL
    SELECT la_code, 'sen2' AS said_by, 1 AS preference, count(*) AS returns
    FROM conformed.sen2_return
    WHERE NOT _superseded
        AND la_code IS NOT NULL
    GROUP BY la_code
    UNION ALL
    SELECT la_code, 'school_census' AS said_by, 2 AS preference, count(*) AS returns
    FROM conformed.school_census_census_return
    WHERE NOT _superseded
        AND la_code IS NOT NULL
    GROUP BY la_code
),

ranked AS (
    SELECT
        said.*,
        row_number() OVER (
            ORDER BY preference NULLS LAST, returns DESC NULLS LAST, la_code NULLS LAST
        ) AS choice
    FROM said
)

SELECT
    ranked.la_code,
    authority.name,
    ranked.said_by,
    CAST(ranked.returns AS BIGINT) AS returns
FROM ranked
LEFT JOIN mart.dim_authority AS authority
    ON authority.la_code = ranked.la_code
    AND authority.is_current
WHERE ranked.choice = 1
ORDER BY ranked.la_code NULLS LAST

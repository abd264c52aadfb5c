/*
title = "Where a pupil stands in a census of a school: on its roll, or among those who left"
grain = "one pupil in one census of one school"
key = ["series_urn", "census", "pupil"]
reads = ["dim_pupil_record"]

[columns]
series_urn = "Unique reference number under which the school's figures stand through the years."
census = "Position of the census: see dim_term."
pupil = "Pseudonym of the pupil, the same under every number that the pupil has had."
is_on_roll = "Whether the school has the pupil on its roll: else the pupil is among those who left, of whom the census tells in a table of its own."
*/
SELECT
    series_urn,
    census,
    pupil,
    bool_or(roll = 'on') AS is_on_roll
FROM mart.dim_pupil_record
WHERE series_urn IS NOT NULL
GROUP BY series_urn, census, pupil
ORDER BY series_urn NULLS LAST, census NULLS LAST, pupil NULLS LAST

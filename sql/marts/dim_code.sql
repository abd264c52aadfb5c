/*
title = "Codes and what they mean"
grain = "one code of one list"
key = ["list", "code"]
reads = []

[columns]
list = "The code list, as `config/codes` names its file: `exclusion_reason`, `sen_provision`, `sex` and others."
code = "The code, as the tables hold it."
label = "What it means."
valid_from = "First day on which it may be used; NULL for always."
valid_to = "Last day on which it may be used; NULL for always."
*/
SELECT
    list,
    code,
    label,
    valid_from,
    valid_to
FROM meta.code
ORDER BY list NULLS LAST, code NULLS LAST

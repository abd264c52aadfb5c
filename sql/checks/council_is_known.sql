/*
title = "A place with returns knows whose they are"
severity = "query"
message = "There are returns, and nothing says which council they are of: every KPI of the council on them is left out"
hint = "registers do not name their council, nor do the tables of a school census but its head: write `authority = '933'`, with your three digits, into config/local.toml, or put one SEN2 return, or the head of one school census (schoolcensus), into the inbox beside them; mart.dim_council then has its row"
*/
SELECT register.kept_in
FROM (
    SELECT DISTINCT 'workforce_posts' AS kept_in FROM mart.fct_workforce_post
    UNION ALL
    SELECT DISTINCT 'workforce_caseload' FROM mart.fct_caseload
    UNION ALL
    SELECT DISTINCT 'ehcp_audit' FROM mart.fct_ehcp_audit
    UNION ALL
    SELECT DISTINCT 'annual_review_contributions' FROM mart.fct_annual_review_contribution
    UNION ALL
    SELECT DISTINCT 'assessment_advice' FROM mart.fct_assessment_advice
    UNION ALL
    SELECT DISTINCT 'graduated_response' FROM mart.fct_graduated_response
    UNION ALL
    SELECT DISTINCT 'school_census' FROM mart.fct_roll
    UNION ALL
    SELECT DISTINCT 'suspensions' FROM mart.fct_suspension
) AS register
WHERE NOT EXISTS (SELECT 1 FROM mart.dim_council)

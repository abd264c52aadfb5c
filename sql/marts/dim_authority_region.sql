/*
title = "The region of each authority, as the newest publication that tells it prints it"
grain = "one authority (three-digit code)"
key = ["la_code"]
reads = ["dim_authority", "published_absence_bands_by_characteristic", "published_absence_by_characteristic", "published_absence_by_geography", "published_absence_by_reason", "published_absence_four_year_olds", "published_absence_one_or_more", "published_absence_persistent_severe", "published_alternative_provision_funded_placements", "published_alternative_provision_school_arranged", "published_attendance_reasons", "published_attendance_sessions", "published_destinations_leavers", "published_destinations_longer_term", "published_ehcp_annual_reviews", "published_ehcp_assessments", "published_ehcp_ceased_plans", "published_ehcp_needs", "published_ehcp_new_plan_needs", "published_ehcp_new_plans", "published_ehcp_officers", "published_ehcp_personal_budgets", "published_ehcp_phase_transfers", "published_ehcp_requests", "published_ehcp_residential_settings", "published_ehcp_work_based_placements", "published_exclusions_average_days", "published_exclusions_by_characteristic", "published_exclusions_by_reason", "published_missing_education_census", "published_participation_characteristics", "published_pupils_by_characteristic", "published_pupils_school_characteristics", "published_sen_by_need", "published_sen_provision", "published_social_work_indicators", "published_workforce_pupil_teacher_ratio", "published_workforce_sickness_absence", "published_workforce_size", "published_workforce_support_staff", "published_workforce_teacher_characteristics"]

[columns]
la_code = "Three-digit authority code, 933 for Somerset."
region_code = "GSS code of its region: that of dim_authority, or where none of its publications has come that of the latest period of any other. Publications differ on London (E12000007, or E13000001 and E13000002)."
*/
WITH printed AS (
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_absence_bands_by_characteristic
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_absence_by_characteristic
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_absence_by_geography
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_absence_by_reason
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_absence_four_year_olds
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_absence_one_or_more
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_absence_persistent_severe
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_alternative_provision_funded_placements
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_alternative_provision_school_arranged
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_attendance_reasons
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_attendance_sessions
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_destinations_leavers
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_destinations_longer_term
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_ehcp_annual_reviews
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_ehcp_assessments
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_ehcp_ceased_plans
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_ehcp_needs
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_ehcp_new_plan_needs
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_ehcp_new_plans
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_ehcp_officers
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_ehcp_personal_budgets
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_ehcp_phase_transfers
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_ehcp_requests
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_ehcp_residential_settings
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_ehcp_work_based_placements
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_exclusions_average_days
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_exclusions_by_characteristic
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_exclusions_by_reason
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_missing_education_census
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_participation_characteristics
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_pupils_by_characteristic
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_pupils_school_characteristics
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_sen_by_need
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_sen_provision
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_social_work_indicators
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_workforce_pupil_teacher_ratio
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_workforce_sickness_absence
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_workforce_size
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_workforce_support_staff
    WHERE geographic_level = 'Local authority'
    UNION ALL
    SELECT DISTINCT period, old_la_code AS la_code, region_code
    FROM mart.published_workforce_teacher_characteristics
    WHERE geographic_level = 'Local authority'
),

told AS (
    SELECT la_code, region_code, 1 AS choice, NULL AS period_end
    FROM mart.dim_authority
    WHERE is_current
    UNION ALL
    -- Months from a fixed point to the end of the period: an academic year ends in August, a calendar year in December.
    SELECT
        la_code,
        region_code,
        2 AS choice,
        CAST(left(period, 4) AS BIGINT) * 12 + CASE WHEN period LIKE '%/%' THEN 20 ELSE 12 END AS period_end
    FROM printed
),

ranked AS (
    SELECT
        la_code,
        region_code,
        row_number() OVER (
            PARTITION BY la_code
            ORDER BY choice NULLS LAST, period_end DESC NULLS LAST, region_code NULLS LAST
        ) AS from_newest
    FROM told
    WHERE la_code IS NOT NULL
        AND region_code IS NOT NULL
)

SELECT
    la_code,
    region_code
FROM ranked
WHERE from_newest = 1
ORDER BY la_code NULLS LAST

/*
title = "Plans amended in time for a transfer between phases of education"
basis = "local"
area = "ASW1"
unit = "percent"
polarity = "high"
grain = "one council in one calendar year, by the day on which plans are due"
place = "council"
period_rule = "calendar year of the day by which the plan is due"
period_kind = "calendar_year"
needs = ["sen2.active_plan"]
rounding = "decimal_half_up(1)"
source = "SEND Regulations 2014, regulation 18: by 15 February of the year of the transfer, by 31 March for transfers from secondary school to further education; DfE, SEN2 guide 2026, phasetransferduedate and phasetransferfinaldate"
suppression = "none in the warehouse: small numbers are real and stay inside the council; a public edition must suppress them"
caveats = [
  "From version 1.3 of SEN2, the returns made in 2026 and after: returns before it have no such days, and a year without them has no value.",
  "Plans in force on census day whose day lies in the year, and by which the plan was due; without a final plan by then they count as late.",
  "`due=15 February` and `due=31 March` are the two days of the regulation, `due=another day` those five months before a transfer at another time.",
  "A plan that ended before census day is not in the return, and not here.",
]
reads = ["dim_sen2_return", "fct_ehcp_phase_transfer"]

[rows]
every = """
SELECT
    transfer.calendar_year AS period, 'authority' AS geography_level, council.la_code AS geography_code,
    CASE
        WHEN split.kind = 'total' THEN 'total'
        WHEN extract(month FROM transfer.due) = 2 AND extract(day FROM transfer.due) = 15 THEN 'due=15 February'
        WHEN extract(month FROM transfer.due) = 3 AND extract(day FROM transfer.due) = 31 THEN 'due=31 March'
        ELSE 'due=another day'
    END AS breakdown,
    transfer.request_id, transfer.due, transfer.final,
    CASE WHEN transfer.is_in_time THEN 1 ELSE 0 END AS in_numerator, 1 AS in_denominator,
    transfer._delivery, transfer._sheet, transfer._row
FROM mart.fct_ehcp_phase_transfer AS transfer
CROSS JOIN mart.dim_council AS council
CROSS JOIN (VALUES ('total'), ('due')) AS split (kind)
WHERE transfer.is_due
"""

[series]
day = "due"
kinds = ["month", "term", "academic_year", "rolling_12_months", "calendar_year_to_date"]
*/
WITH counted AS (
    SELECT calendar_year, case_id, is_in_time, 'total' AS breakdown
    FROM mart.fct_ehcp_phase_transfer
    WHERE is_due
    UNION ALL
    SELECT
        calendar_year,
        case_id,
        is_in_time,
        CASE
            WHEN extract(month FROM due) = 2 AND extract(day FROM due) = 15 THEN 'due=15 February'
            WHEN extract(month FROM due) = 3 AND extract(day FROM due) = 31 THEN 'due=31 March'
            ELSE 'due=another day'
        END AS breakdown
    FROM mart.fct_ehcp_phase_transfer
    WHERE is_due
)

SELECT
    sen2.calendar_year AS period, -- calendar year of the day
    COALESCE(counted.breakdown, 'total') AS breakdown, -- all transfers, or those due on one day
    CAST(count(*) FILTER (WHERE counted.is_in_time) AS DOUBLE) AS numerator, -- of these, with a final plan by the day
    CAST(count(counted.case_id) AS DOUBLE) AS denominator, -- plans due for a transfer on a day of the year
    CASE WHEN count(counted.case_id) = 0 THEN 'unavailable' END AS reason, -- no return tells of transfers
    CASE
        WHEN sen2.active_plans = 0 THEN 'no source: ' || sen2.absence
        WHEN count(counted.case_id) = 0 THEN
            'no source: the SEN2 return of ' || sen2.collection_year || ' gives no days of phase transfers'
    END AS mark
FROM mart.dim_sen2_return AS sen2
LEFT JOIN counted ON counted.calendar_year = sen2.calendar_year
GROUP BY sen2.calendar_year, sen2.collection_year, sen2.active_plans, sen2.absence, counted.breakdown

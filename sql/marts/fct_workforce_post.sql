/*
title = "Posts of the SEND and inclusion teams and who holds them, month by month"
grain = "one holder of one post, or one vacant post, at the end of one month; who left in the month too"
key = ["month_end", "post_id", "holder", "started"]
reads = []

[columns]
month_end = "The month, by its last day."
academic_year = "Academic year of the month, such as 2024/25: September to August."
team = "Team that the post belongs to: SEN_CASEWORK, EP, INCLUSION, ADVISORY or HEALTH_DCO."
role = "Role of the post."
post_id = "Number of the post in the establishment."
established_fte = "Size of the post (full-time equivalents): once a post, not once a row."
post_part = "1 on the first row of each post and month, 0 on its others: multiply by it to count a post once."
filled_fte = "What a permanent or fixed-term holder fills at the end of the month (full-time equivalents)."
agency_fte = "What an agency worker fills at the end of the month (full-time equivalents)."
holder = "Pseudonym of the holder, the same in every month and post; NULL where nobody holds it."
holder_kind = "staff, agency, vacant, or unknown: somebody who came and left within one month, without a reason."
started = "First day of the holder in the post."
ended = "Last day of the holder in the post, where it lies in the month; NULL otherwise."
reason_for_leaving = "Why a permanent holder left."
_delivery = "The delivery that this row came in: see meta.delivery."
_sheet = "The sheet of the workbook; NULL for a file without sheets."
_row = "The row of the sheet, or the line of the file, 1-based."
*/
WITH post AS (
    SELECT
        post.*,
        first_year_of(period) AS first_year,
        row_number() OVER (
            PARTITION BY period, post_id
            ORDER BY incumbent_hash NULLS LAST, start NULLS LAST, _row NULLS LAST
        ) AS from_first
    FROM conformed.workforce_posts_wf_post AS post
    WHERE NOT _superseded
),

-- Who left has no full-time equivalent at the end of the month: what they were is told by the months before.
holder AS (
    SELECT
        post_id,
        incumbent_hash,
        bool_or(filled_fte > 0) AS was_staff,
        bool_or(agency_fte > 0) AS was_agency,
        bool_or(reason_for_leaving IS NOT NULL) AS has_reason
    FROM post
    WHERE incumbent_hash IS NOT NULL
    GROUP BY post_id, incumbent_hash
),

-- Somebody who left a post in the first month of the register, and holds another one since.
elsewhere AS (
    SELECT
        incumbent_hash,
        bool_or(was_staff) AS was_staff,
        bool_or(was_agency) AS was_agency
    FROM holder
    GROUP BY incumbent_hash
)

SELECT
    post.period AS month_end,
    year_label(post.first_year) AS academic_year,
    post.team,
    post.role,
    post.post_id,
    post.established_fte,
    CASE post.from_first WHEN 1 THEN 1 ELSE 0 END AS post_part,
    post.filled_fte,
    post.agency_fte,
    post.incumbent_hash AS holder,
    CASE
        WHEN post.filled_fte > 0 THEN 'staff'
        WHEN post.agency_fte > 0 THEN 'agency'
        WHEN post.incumbent_hash IS NULL THEN 'vacant'
        WHEN holder.was_staff THEN 'staff'
        WHEN holder.was_agency THEN 'agency'
        WHEN holder.has_reason THEN 'staff'
        WHEN elsewhere.was_staff THEN 'staff'
        WHEN elsewhere.was_agency THEN 'agency'
        ELSE 'unknown'
    END AS holder_kind,
    post.start AS started,
    post."end" AS ended,
    post.reason_for_leaving,
    post._delivery,
    post._sheet,
    post._row
FROM post
LEFT JOIN holder
    ON holder.post_id = post.post_id
    AND holder.incumbent_hash = post.incumbent_hash
LEFT JOIN elsewhere
    ON elsewhere.incumbent_hash = post.incumbent_hash
ORDER BY month_end NULLS LAST, post_id NULLS LAST, holder NULLS LAST, started NULLS LAST

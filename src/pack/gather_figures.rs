//! The figures of the pages with what stands beside them: passport, target, phase of the school, comparators.

use std::collections::{BTreeMap, BTreeSet};

use super::question::{AnswerRow, AskFigures, rows};
use super::values::{BoardFigure, ComparedFigure, FigureAim};
use crate::kpi::TargetStatus;
use crate::warehouse::{WarehouseError, passport_columns, published_own_periods};

/// Figures by KPI and basis.
pub(super) type FiguresOf = BTreeMap<(String, String), Vec<BoardFigure>>;

/// Figures of the council, of schools on own returns, and of the nation on published counts.
pub(super) fn figures(ask: &AskFigures<'_>, code: &str, has: &BTreeSet<String>) -> Result<FiguresOf, WarehouseError> {
    let published_own = published_own_periods("value");
    let kind = format!("CASE WHEN value.basis = 'local' OR NOT {published_own} THEN value.period_kind ELSE '' END");
    let passport: Vec<&'static str> = passport_columns().collect();
    let own = [
        "value.kpi_id",
        "value.basis",
        // Published figures in their own periods, whichever these are, are of no kind.
        &kind,
        "value.period",
        "value.is_over",
        "value.geography_level",
        "value.geography_code",
        "value.geography_name",
        "value.breakdown",
        "value.numerator",
        "value.denominator",
        "value.value",
        "value.published",
        "value.reason",
        "value.mark",
        "value.maturity",
        "value.denominator_period",
        "delivery.file_name",
        "value.period_start",
        "value.period_end",
        "aim.status",
        "aim.expected",
        "aim.difference",
        "aim.target",
        "aim.target_day",
        if has.contains("mart.dim_school") { "school.counts_as" } else { "NULL" },
    ];
    // A school is told by its number or by that of its establishment.
    let school = if has.contains("mart.dim_school") {
        "LEFT JOIN (SELECT code, max(counts_as) AS counts_as FROM (SELECT CAST(urn AS VARCHAR) AS code, counts_as FROM mart.dim_school WHERE is_current \
         UNION ALL SELECT CAST(laestab AS VARCHAR), counts_as FROM mart.dim_school WHERE is_current AND laestab IS NOT NULL) AS coded \
         GROUP BY code) AS school ON value.geography_level = 'school' AND school.code = value.geography_code"
    } else {
        ""
    };
    let of_passport: Vec<String> = passport.iter().map(|column| format!("value.{column}")).collect();
    let columns: Vec<&str> = own.into_iter().chain(of_passport.iter().map(String::as_str)).collect();
    let code = crate::warehouse::dialect::text(code);
    let from = format!(
        "FROM kpi.value AS value LEFT JOIN meta.kpi AS kpi ON kpi.kpi_id = value.kpi_id AND kpi.basis = value.basis \
         LEFT JOIN meta.delivery AS delivery ON delivery.delivery_id = COALESCE(value.newest_delivery_id, value.delivery_id) \
         LEFT JOIN kpi.status AS aim ON aim.kpi_id = value.kpi_id AND aim.basis = value.basis AND aim.period_kind = value.period_kind \
             AND aim.period = value.period AND aim.geography_level IS NOT DISTINCT FROM value.geography_level \
             AND aim.geography_code = value.geography_code AND aim.breakdown = value.breakdown {school} \
         WHERE (value.basis = 'local' AND value.geography_level IN ('authority', 'school') \
             AND (value.breakdown = 'total' OR value.period_kind = kpi.period_kind)) \
         OR (value.basis = 'published' AND (value.breakdown = 'total' OR {published_own}) AND (value.geography_level = 'nation' OR (value.geography_level = 'authority' AND value.geography_code = {code}))) \
         ORDER BY value.kpi_id NULLS LAST, value.basis NULLS LAST, value.period_kind NULLS LAST, value.period_start NULLS LAST, \
         value.period NULLS LAST, value.geography_level NULLS LAST, value.geography_code NULLS LAST, value.breakdown NULLS LAST"
    );
    let mut all: FiguresOf = BTreeMap::new();
    for row in rows(ask, &columns, &from)? {
        let told = passport.iter().enumerate();
        let figure = BoardFigure {
            kind: row.word(2),
            period: row.word(3),
            is_over: row.text(4).map(|word| word == "true"),
            level: row.word(5),
            code: row.word(6),
            name: row.word(7),
            breakdown: row.word(8),
            numerator: row.number(9),
            denominator: row.number(10),
            value: row.number(11),
            published: row.number(12),
            reason: row.text(13),
            mark: row.text(14),
            maturity: row.text(15),
            denominator_period: row.text(16),
            newest_file: row.text(17),
            days: row.day(18).zip(row.day(19)),
            aim: aim(&row, 20),
            phase: row.text(25),
            passport: told.filter_map(|(index, column)| Some((*column, row.text(own.len() + index)?))).collect(),
        };
        all.entry((row.word(0), row.word(1))).or_default().push(figure);
    }
    Ok(all)
}

/// England, the region and neighbours, by KPI.
pub(super) fn comparators(ask: &AskFigures<'_>) -> Result<BTreeMap<String, Vec<ComparedFigure>>, WarehouseError> {
    let columns = [
        "kpi_id",
        "period",
        "published",
        "local",
        "england",
        "region",
        "neighbours",
        "neighbours_with_value",
        "neighbour_mean",
        "neighbour_median",
        "rank",
        "maturity",
    ];
    let from = "FROM mart.comparator WHERE breakdown = 'total' AND (england IS NOT NULL OR region IS NOT NULL OR neighbours_with_value > 0) \
                ORDER BY kpi_id NULLS LAST, period NULLS LAST";
    let mut all: BTreeMap<String, Vec<ComparedFigure>> = BTreeMap::new();
    for row in rows(ask, &columns, from)? {
        all.entry(row.word(0)).or_default().push(ComparedFigure {
            period: row.word(1),
            published: row.number(2),
            local: row.number(3),
            england: row.number(4),
            region: row.number(5),
            neighbours: row.number(6),
            with_value: row.number(7),
            mean: row.number(8),
            median: row.number(9),
            rank: row.number(10),
            maturity: row.text(11),
        });
    }
    Ok(all)
}

/// How a figure stands to its target, from the columns that begin with its status.
fn aim(row: &AnswerRow, first: usize) -> Option<FigureAim> {
    let word = row.text(first)?;
    Some(FigureAim {
        status: TargetStatus::ALL.into_iter().find(|status| status.as_str() == word)?,
        expected: row.number(first + 1),
        difference: row.number(first + 2),
        target: row.number(first + 3)?,
        target_day: row.day(first + 4)?,
    })
}

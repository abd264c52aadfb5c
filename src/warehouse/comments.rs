//! A comment on every table and column.

use duckdb::Connection;

use super::dialect::{name, text};
use super::duck::{self, run};
use super::{WarehouseError, contract, passport};
use crate::definitions::{Mart, Table};

/// A table with its comment and those of its columns.
pub(super) struct Documented {
    pub(super) table: String,
    pub(super) about: String,
    pub(super) columns: Vec<(String, String)>,
}

pub(super) fn of_contract(table: &Table, mart: &str) -> Documented {
    let mut columns: Vec<(String, String)> =
        contract::columns(table).into_iter().map(|column| (column.name, column.about)).collect();
    columns.extend(contract::STANDING.iter().map(|column| (column.0.to_owned(), column.2.to_owned())));
    Documented {
        table: format!("mart.{mart}"),
        about: format!("{} Grain: {}", sentence(&table.title), sentence(&table.grain)),
        columns,
    }
}

pub(super) fn of_mart(mart: &Mart) -> Documented {
    Documented {
        table: format!("mart.{}", mart.name),
        about: format!("{} Grain: {}", sentence(&mart.title), sentence(&mart.grain)),
        columns: mart.columns.iter().map(|(name, about)| (name.clone(), about.clone())).collect(),
    }
}

pub(super) fn of_kpi_tables() -> Vec<Documented> {
    let columns = [
        ("kpi_id", "The KPI: see meta.kpi."),
        ("basis", "published: computed from counts that DfE published; local: from the council's own returns."),
        ("period", "What the value speaks for: a calendar year 2024 or an academic year 2016/17."),
        ("geography_level", "school, authority, region or nation."),
        (
            "geography_code",
            "URN (LAESTAB where there is none), three-digit authority code, GSS code of region or nation.",
        ),
        ("geography_name", "Its name as printed, or the school's current name."),
        ("breakdown", "total, or characteristic=group."),
        ("numerator", "What is counted; NULL where it is not published."),
        ("denominator", "What it is divided by; NULL for a count."),
        ("value", "The KPI, rounded as column rounding says; NULL with a reason."),
        ("reason", "Why there is no value: suppressed, not_applicable, unavailable, low or blank."),
        (
            "mark",
            "What a reader must know beside the value, or about its absence: `partial: …`, `provisional: …`, `no source: …`, several with `; ` between them; NULL where nothing is.",
        ),
        ("published", "The figure printed beside the counts in the same file, if any."),
        (
            "rounding",
            "How the value was rounded: as the publication of the counts rounds; decimal_half_up, as on paper, on the council's own returns. NULL where the printed figure is taken as it stands.",
        ),
        (
            "maturity",
            "How final the value is. Of published counts: provisional, revised or final, as the source declares. On the council's own returns: partial, where something is missing; provisional, where a later return tells it again, its period is not over or a source says so; revised, where a source says so; else final. NULL without a value.",
        ),
        ("as_of", "The date that the value speaks for."),
        ("known_at", "Only deliveries received by then were counted, by the clock of meta.generation.timezone."),
        ("delivery_id", "The delivery that the counts came in: see meta.delivery."),
        ("sheet", "The sheet of the workbook."),
        ("row_number", "The row or line of the counts, 1-based."),
        (
            "denominator_period",
            "Whose denominator it is, where one is taken once a year: 2024/25 for its January headcount; NULL where it is the period's own.",
        ),
        ("period_kind", "Which kind of period it is: see mart.dim_period. NULL where that knows no such period."),
        ("period_start", "Its first day."),
        ("period_end", "Its last day; after the as-of date where the period is not over."),
        ("is_over", "Whether it ended before the as-of date or on it."),
    ];
    let passport = passport::COLUMNS.map(|(column, _, about)| (column, about));
    let columns = || {
        let all = columns.iter().chain(&passport);
        all.map(|(name, about)| ((*name).to_owned(), (*about).to_owned())).collect()
    };
    vec![
        Documented {
            table: "kpi.value".to_owned(),
            about: "Every KPI value of this generation. Grain: KPI × basis × period × geography × breakdown."
                .to_owned(),
            columns: columns(),
        },
        Documented {
            table: "kpi.superseded_value".to_owned(),
            about: "The same from deliveries that a later one has replaced. Grain: as kpi.value, by delivery."
                .to_owned(),
            columns: columns(),
        },
    ]
}

/// Writes the comments, and refuses a table or a column that has none.
pub(super) fn write(connection: &Connection, documented: &[Documented]) -> Result<(), WarehouseError> {
    let mut sql = String::new();
    for table in documented {
        let quoted: Vec<String> = table.table.split('.').map(name).collect();
        let quoted = quoted.join(".");
        sql.push_str(&format!("COMMENT ON TABLE {quoted} IS {};\n", text(&table.about)));
        for (column, about) in &table.columns {
            sql.push_str(&format!("COMMENT ON COLUMN {quoted}.{} IS {};\n", name(column), text(about)));
        }
    }
    // One transaction: each statement alone would be synced to disk.
    run(connection, "write the comments", &format!("BEGIN;\n{sql}COMMIT;"))?;
    let bare = "FROM duckdb_columns() WHERE database_name = 'sendmart' AND schema_name IN ('mart', 'kpi', 'meta') AND (comment IS NULL OR comment = '')";
    if duck::count(connection, "look for columns without a comment", &format!("SELECT count(*) {bare}"))? > 0 {
        let list = connection
            .query_row(&format!("SELECT string_agg(schema_name || '.' || table_name || '.' || column_name, ', ' ORDER BY schema_name, table_name, column_index) {bare}"), [], |row| row.get::<_, String>(0))
            .map_err(WarehouseError::database("look for columns without a comment"))?;
        return Err(WarehouseError::Uncommented { columns: list });
    }
    Ok(())
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}

/// The data dictionary, once every table has its comments.
pub(super) fn dictionary(connection: &Connection) -> Result<(), WarehouseError> {
    run(
        connection,
        "write the data dictionary",
        "INSERT INTO meta.\"column\" SELECT schema_name, table_name, column_name, data_type, comment FROM duckdb_columns() \
         WHERE database_name = 'sendmart' AND schema_name IN ('mart', 'kpi', 'meta') ORDER BY schema_name, table_name, column_index",
    )
}

//! A table's contract as SQL: its columns in Parquet and `DuckDB`, with their types and comments.

use crate::conform::LEFT_OUT;
use crate::definitions::{Kept, Kind, Table};

/// One column of a conformed table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SqlColumn {
    /// Its name.
    pub(super) name: String,
    /// Its SQL type.
    pub(super) kind: String,
    /// Its comment.
    pub(super) about: String,
}

/// The columns that every conformed row ends with.
pub(super) const ADDRESS: [(&str, &str, &str); 3] = [
    ("_delivery", "VARCHAR", "The delivery that this row came in: see meta.delivery."),
    ("_sheet", "VARCHAR", "The sheet of the workbook; NULL for a file without sheets."),
    ("_row", "INTEGER", "The row of the sheet, or the line of the file, 1-based."),
];

/// The column of a table of people that stands for what is not kept of a row.
const REST: (&str, &str, &str) =
    (LEFT_OUT, "BIGINT", "Keyed number of what is not kept of the row; equal for equal rows, and of no other use.");

/// The columns that the warehouse adds to them.
pub(super) const STANDING: [(&str, &str, &str); 2] = [
    ("_received_at", "TIMESTAMP", "When the delivery was received, by the clock of meta.generation.timezone."),
    ("_superseded", "BOOLEAN", "True when a later delivery has replaced this row: leave it out of counts."),
];

/// The columns as Parquet has them, in order.
pub(super) fn columns(table: &Table) -> Vec<SqlColumn> {
    let mut columns = Vec::with_capacity(table.columns.len() + ADDRESS.len());
    for (name, column) in &table.columns {
        let about = match &column.kept {
            Kept::Nothing => None,
            Kept::Value => Some(column.about.clone()),
            Kept::Pseudonym(purpose) => Some(format!("Pseudonym ({purpose}). {}", column.about)),
            Kept::Month => Some(format!("First day of the month. {}", column.about)),
            Kept::District => Some(format!("District of the postcode. {}", column.about)),
        };
        columns.extend(about.map(|about| SqlColumn { name: name.clone(), kind: sql_type(column.kind), about }));
        if !column.marks.is_empty() {
            columns.push(SqlColumn {
                name: format!("{name}_reason"),
                kind: "VARCHAR".to_owned(),
                about: reason_of(name),
            });
        }
    }
    columns.extend(ADDRESS.map(fixed));
    if table.is_reduced() {
        columns.push(fixed(REST));
    }
    columns
}

/// The comment of a reason column.
pub(super) fn reason_of(column: &str) -> String {
    format!("Why {column} has no value: suppressed, not_applicable, unavailable, low or blank; NULL when it has one.")
}

/// The SQL type of a column.
pub(super) fn sql_type(kind: Kind) -> String {
    match kind {
        Kind::Text | Kind::Code | Kind::Identifier(_) | Kind::Period => "VARCHAR".to_owned(),
        Kind::Integer => "BIGINT".to_owned(),
        Kind::Decimal { precision, scale } => format!("DECIMAL({precision},{scale})"),
        Kind::Date => "DATE".to_owned(),
        Kind::Boolean => "BOOLEAN".to_owned(),
    }
}

fn fixed(column: (&str, &str, &str)) -> SqlColumn {
    SqlColumn { name: column.0.to_owned(), kind: column.1.to_owned(), about: column.2.to_owned() }
}

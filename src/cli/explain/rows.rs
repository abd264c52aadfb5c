//! The rows behind a local value: shown, or written with their file and cell.

use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, SchemaRef};

use super::super::{Failure, output};
use crate::definitions::{COUNTS, IN_PART, Kpi, LINEAGE, PLACED};
use crate::lake::{Place, write_atomic};
use crate::warehouse::query;
use crate::xlsx;

/// The parts of a value.
const PARTS: [&str; 2] = ["numerator", "denominator"];
/// Sums of parts of rows differ by less.
const NEAR: f64 = 1e-6;
/// Rows that are shown where nobody asked for all.
const FIRST: usize = 10;

/// One value.
pub(super) struct Of<'a> {
    pub(super) period: &'a str,
    pub(super) level: &'a str,
    pub(super) code: &'a str,
    pub(super) breakdown: &'a str,
    /// Its numerator and its denominator, where it has them.
    pub(super) parts: [Option<f64>; 2],
}

/// The rows of one part of a value, and how much they count.
pub(super) struct Found {
    part: &'static str,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    /// What they count together.
    pub(super) counted: f64,
    rows: usize,
    /// What the value says, where the rows say something else.
    said: Option<f64>,
    /// What the rows are told by, where there are none for a breakdown that counts some.
    told_by: Option<Vec<String>>,
}

/// The rows of each part that the KPI declares.
pub(super) fn find(place: &Place, kpi: &Kpi, of: &Of<'_>) -> Result<Vec<Found>, Failure> {
    let mut all = Vec::new();
    for (part, sql) in kpi.rows.iter().flat_map(crate::definitions::Behind::parts) {
        let in_part = IN_PART.into_iter().filter(|name| sql.contains(name));
        let hidden: Vec<&str> = PLACED.into_iter().chain(LINEAGE).chain(in_part).collect();
        let shown = format!(
            "SELECT delivery.file_name AS file, \
             CASE WHEN row._sheet IS NULL THEN 'line ' || row._row ELSE row._sheet || '!A' || row._row END AS cell, \
             row.* EXCLUDE ({}), delivery.collection, delivery.delivery_id AS delivery \
             FROM ({sql}) AS row LEFT JOIN meta.delivery AS delivery ON delivery.delivery_id = row._delivery \
             WHERE row.period = ?1 AND row.geography_level = ?2 AND row.geography_code = ?3 AND row.breakdown = ?4 \
             ORDER BY delivery.file_name NULLS LAST, row._sheet NULLS LAST, row._row NULLS LAST",
            hidden.join(", ")
        );
        let (schema, batches) = query(place, &shown, &[of.period, of.level, of.code, of.breakdown])?;
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        let counted = match schema.index_of(COUNTS) {
            Ok(index) => batches.iter().map(|batch| sum(batch, index)).sum(),
            Err(_) => rows as f64,
        };
        let said = of.parts[usize::from(part == PARTS[1])].filter(|said| (said - counted).abs() > NEAR);
        let told_by = if rows == 0 && said.is_some() { Some(kinds(place, &sql, of.level)?) } else { None };
        all.push(Found { part, schema, batches, counted, rows, said, told_by });
    }
    Ok(all)
}

/// What the rows of a level are told by: `total`, `phase` and the like.
fn kinds(place: &Place, sql: &str, level: &str) -> Result<Vec<String>, Failure> {
    let asked = format!(
        "SELECT DISTINCT split_part(breakdown, '=', 1) AS kind FROM ({sql}) AS row WHERE row.geography_level = ?1 ORDER BY kind"
    );
    let (_, batches) = query(place, &asked, &[level])?;
    Ok(batches.iter().flat_map(output::texts).filter_map(|row| row.into_iter().next()).collect())
}

fn sum(batch: &RecordBatch, column: usize) -> f64 {
    let Ok(numbers) = arrow::compute::cast(batch.column(column), &arrow::datatypes::DataType::Float64) else {
        return 0.0;
    };
    let numbers = numbers.as_primitive::<Float64Type>();
    (0..numbers.len()).filter(|row| numbers.is_valid(*row)).map(|row| numbers.value(row)).sum()
}

impl Found {
    /// Whether it is this part: `numerator` or `denominator`.
    pub(super) fn is(&self, part: &str) -> bool {
        self.part == part
    }

    /// Why there are none, where the value counts some: its breakdown is not among those of the rows.
    pub(super) fn lacking(&self, breakdown: &str) -> Option<String> {
        let told_by = self.told_by.as_ref()?;
        let told_by = match told_by.as_slice() {
            [] => "they are given for no value of its kind".to_owned(),
            kinds => format!("they are given for {}", kinds.join(", ")),
        };
        Some(format!("the rows of the {} are not given for `{breakdown}`: {told_by}", self.part))
    }

    /// Tells how many there are, and the first of them, or all.
    pub(super) fn show(&self, json: bool, all: bool) {
        if json {
            output::table(&self.schema, &self.batches, true);
            return;
        }
        let counted = output::whole(format!("{:?}", self.counted));
        let together =
            if counted == self.rows.to_string() { String::new() } else { format!(", which count {counted}") };
        let otherwise = self
            .said
            .map_or_else(String::new, |said| format!("; the value says {}", output::whole(format!("{said:?}"))));
        output::said(&format!("Rows of the {}: {}{together}{otherwise}", self.part, self.rows));
        if self.rows == 0 {
            return;
        }
        let header: Vec<&str> = self.schema.fields().iter().map(|field| field.name().as_str()).collect();
        // The hash of a delivery says nothing to a reader: its file stands first.
        let columns: Vec<usize> =
            (0..header.len()).filter(|index| !["delivery", "collection"].contains(&header[*index])).collect();
        let most = if all { usize::MAX } else { FIRST };
        let rows = self.batches.iter().flat_map(output::texts).take(most);
        let rows = rows.map(|row| columns.iter().map(|index| row[*index].clone()).collect());
        let header: Vec<&str> = columns.iter().map(|index| header[*index]).collect();
        output::rows(&header, rows);
        if self.rows > most {
            output::said(&format!(
                "and {} more: `--rows {}` lists them, `--out FILE.xlsx` writes them",
                self.rows - most,
                self.part
            ));
        }
    }
}

/// Writes the rows as a workbook that only its owner may read, a sheet for each part.
pub(super) fn write(found: &[Found], path: &Path) -> Result<(), Failure> {
    if path.exists() {
        return Err(Failure::usage(format!("`{}` is already there", path.display()), "name a new file with `--out`"));
    }
    if let Some(many) = found.iter().find(|one| one.rows > xlsx::MOST_ROWS) {
        return Err(Failure::usage(
            format!("{} rows are more than a sheet of Excel holds", many.rows),
            "ask for a breakdown or a school, or for `--json --rows`",
        ));
    }
    let failed = |text: String| Failure { text, hint: None, exit_code: 74 };
    let pages = found.iter().map(|one| xlsx::page(one.part, &one.schema, &one.batches)).collect::<Result<Vec<_>, _>>();
    let bytes = pages.and_then(xlsx::bytes).map_err(|error| failed(format!("cannot make the workbook: {error}")))?;
    write_atomic(path, &bytes).map_err(|error| failed(error.to_string()))?;
    output::said(&format!("Wrote {}: rows about people, as pseudonyms; only you may read it", path.display()));
    Ok(())
}

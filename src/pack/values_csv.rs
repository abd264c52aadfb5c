//! `values.csv`, every figure of a pack in a row, and what each column means, as CSV on the Web has it.
//!
//! Source: W3C, Metadata Vocabulary for Tabular Data, 2015.

use serde_json::{Value, json};

use super::board_pack::BoardPack;
use super::marks::symbols;
use super::values::{BoardFigure, BoardKpi};

/// The file of figures.
pub const VALUES: &str = "values.csv";
/// What its columns mean.
pub const VALUES_METADATA: &str = "values.csv-metadata.json";

/// What a column holds of a figure.
type CellOf = fn(&BoardKpi<'_>, &BoardFigure) -> String;

/// A column: name, title, datatype, what it means, what it holds.
struct ValueColumn {
    name: &'static str,
    title: &'static str,
    datatype: &'static str,
    about: &'static str,
    cell: CellOf,
}

/// The columns that tell a row from every other.
const KEY: [&str; 7] = ["kpi_id", "basis", "period_kind", "period", "geography_level", "geography_code", "breakdown"];

const COLUMNS: [ValueColumn; 24] = [
    ValueColumn {
        name: "kpi_id",
        title: "KPI",
        datatype: "string",
        about: "The KPI, as its file in definitions.zip is named.",
        cell: |one, _| one.kpi.id.clone(),
    },
    ValueColumn {
        name: "kpi_title",
        title: "Title of the KPI",
        datatype: "string",
        about: "What the KPI is called.",
        cell: |one, _| one.kpi.title.clone(),
    },
    ValueColumn {
        name: "area",
        title: "Area",
        datatype: "string",
        about: "The area of weakness that it speaks of, workforce or context.",
        cell: |one, _| one.kpi.area.as_str().to_owned(),
    },
    ValueColumn {
        name: "basis",
        title: "Basis",
        datatype: "string",
        about: "Whose counts: local for the council's own returns, published for published counts.",
        cell: |one, _| one.kpi.basis.as_str().to_owned(),
    },
    ValueColumn {
        name: "period_kind",
        title: "Kind of period",
        datatype: "string",
        about: "Month, term, year, twelve months or a year up to a day; blank for published counts in the periods, mostly years, in which they are published.",
        cell: |_, figure| figure.kind.clone(),
    },
    ValueColumn {
        name: "period",
        title: "Period",
        datatype: "string",
        about: "The period that the figure speaks for.",
        cell: |_, figure| figure.period.clone(),
    },
    ValueColumn {
        name: "period_start",
        title: "First day of the period",
        datatype: "date",
        about: "Blank where the period does not tell it.",
        cell: |_, figure| figure.days.map_or_else(String::new, |(first, _)| first.to_string()),
    },
    ValueColumn {
        name: "period_end",
        title: "Last day of the period",
        datatype: "date",
        about: "Blank where the period does not tell it.",
        cell: |_, figure| figure.days.map_or_else(String::new, |(_, last)| last.to_string()),
    },
    ValueColumn {
        name: "period_is_over",
        title: "Period is over",
        datatype: "boolean",
        about: "Whether the period was over on the day for which the figures speak; blank where it is not known.",
        cell: |_, figure| figure.is_over.map_or_else(String::new, |is_over| is_over.to_string()),
    },
    ValueColumn {
        name: "geography_level",
        title: "Level of the place",
        datatype: "string",
        about: "Authority, school or nation.",
        cell: |_, figure| figure.level.clone(),
    },
    ValueColumn {
        name: "geography_code",
        title: "Code of the place",
        datatype: "string",
        about: "Three digits of an authority, the URN of a school, or the GSS code of the nation.",
        cell: |_, figure| figure.code.clone(),
    },
    ValueColumn {
        name: "geography_name",
        title: "Name of the place",
        datatype: "string",
        about: "Blank where nothing names it.",
        cell: |_, figure| figure.name.clone(),
    },
    ValueColumn {
        name: "breakdown",
        title: "Breakdown",
        datatype: "string",
        about: "total, or characteristic=group.",
        cell: |_, figure| figure.breakdown.clone(),
    },
    ValueColumn {
        name: "unit",
        title: "Unit",
        datatype: "string",
        about: "What the value is counted in.",
        cell: |one, _| super::shown::unit_name(one.kpi).to_owned(),
    },
    ValueColumn {
        name: "numerator",
        title: "Numerator",
        datatype: "decimal",
        about: "What was counted.",
        cell: |_, figure| plain(figure.numerator),
    },
    ValueColumn {
        name: "denominator",
        title: "Denominator",
        datatype: "decimal",
        about: "Out of how much; blank for a plain count.",
        cell: |_, figure| plain(figure.denominator),
    },
    ValueColumn {
        name: "value",
        title: "Value",
        datatype: "decimal",
        about: "The figure, rounded as its KPI says; blank where there is none: a blank is never nought.",
        cell: |_, figure| plain(figure.value),
    },
    ValueColumn {
        name: "symbols",
        title: "Symbols",
        datatype: "string",
        about: "[x] not available, [z] not applicable, [c] hidden, since few persons are behind it or it would tell of few, [low] too few to show, [b] blank in the file; [p] provisional, [r] revised, [partial] a part is missing.",
        cell: |_, figure| symbols(figure).join(" "),
    },
    ValueColumn {
        name: "reason",
        title: "Why there is no value",
        datatype: "string",
        about: "A word that says why; blank where there is a value.",
        cell: |_, figure| figure.reason.clone().unwrap_or_default(),
    },
    ValueColumn {
        name: "mark",
        title: "What must be known beside the value",
        datatype: "string",
        about: "Provisional, partial and the like, each with its why.",
        cell: |_, figure| figure.mark.clone().unwrap_or_default(),
    },
    ValueColumn {
        name: "maturity",
        title: "Maturity",
        datatype: "string",
        about: "provisional, revised, final or partial; blank where it is not declared.",
        cell: |_, figure| figure.maturity.clone().unwrap_or_default(),
    },
    ValueColumn {
        name: "published_value",
        title: "Value as printed",
        datatype: "decimal",
        about: "The figure that the published file prints; blank on own returns.",
        cell: |_, figure| plain(figure.published),
    },
    ValueColumn {
        name: "newest_day",
        title: "Newest day counted",
        datatype: "date",
        about: "The newest day of the rows that the figure counts; blank where they tell none.",
        cell: |_, figure| day_of(figure, "newest_day"),
    },
    ValueColumn {
        name: "newest_received",
        title: "Newest delivery received on",
        datatype: "date",
        about: "The day on which the newest delivery that the figure counts a row of was received; blank where it counts none.",
        cell: |_, figure| day_of(figure, "newest_received"),
    },
];

/// The figures of a pack, a row each: UTF-8, a blank for what is not there.
#[must_use]
pub fn values_csv(pack: &BoardPack<'_>) -> Vec<u8> {
    // Writing into memory does not fail.
    let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let _ = out.write_record(COLUMNS.iter().map(|column| column.name));
    for one in &pack.pages.kpis {
        for figure in &one.figures {
            let _ = out.write_record(COLUMNS.iter().map(|column| (column.cell)(one, figure)));
        }
    }
    out.into_inner().unwrap_or_default()
}

/// What its columns mean, as CSV on the Web has it.
#[must_use]
pub fn values_metadata(pack: &BoardPack<'_>) -> Vec<u8> {
    let columns: Vec<Value> = COLUMNS.iter().map(described).collect();
    let metadata = json!({
        "@context": ["http://www.w3.org/ns/csvw", { "@language": "en" }],
        "url": VALUES,
        "dc:title": format!("{}: figures for the meeting of {}", pack.board.name, pack.meeting.day),
        "dc:description": format!(
            "Every figure of the pack, {} edition, as of {} and known by its end.",
            pack.edition.as_str(), pack.pages.as_of
        ),
        "dc:publisher": pack.pages.place,
        "dc:modified": { "@value": pack.pages.as_of.to_string(), "@type": "xsd:date" },
        "dialect": { "encoding": "utf-8", "header": true, "delimiter": ",", "lineTerminators": ["\r\n"] },
        "tableSchema": { "columns": columns, "primaryKey": KEY },
    });
    let mut bytes = serde_json::to_vec_pretty(&metadata).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

fn described(column: &ValueColumn) -> Value {
    let is_key = KEY.contains(&column.name);
    let mut told = json!({
        "name": column.name,
        "titles": column.title,
        "datatype": column.datatype,
        "dc:description": column.about,
        // What is blank is a value of its own in a key, and no value elsewhere.
        "null": if is_key { Value::Array(Vec::new()) } else { json!("") },
    });
    if column.datatype == "date" {
        told["datatype"] = json!({ "base": "date", "format": "yyyy-MM-dd" });
    }
    told
}

/// A number as every program reads it.
fn plain(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| {
        let text = format!("{value:?}");
        // No exponent: a decimal of CSV on the Web has none.
        if text.contains('e') {
            format!("{value:.12}")
        } else {
            text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
        }
    })
}

fn day_of(figure: &BoardFigure, column: &str) -> String {
    figure.passport.get(column).and_then(|text| text.get(..10)).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_decimal() {
        let told = [Some(64.0), Some(-0.5), Some(1e-7), Some(2.5e16), None].map(plain);
        assert_eq!(told, ["64", "-0.5", "0.000000100000", "25000000000000000.000000000000", ""]);
    }

    #[test]
    fn a_key_is_made_of_columns_and_a_name_stands_once() {
        let names: std::collections::BTreeSet<&str> = COLUMNS.iter().map(|column| column.name).collect();
        assert_eq!(names.len(), COLUMNS.len());
        assert!(KEY.iter().all(|key| names.contains(key)));
    }
}

//! Definitions: all that people write for a place (TOML, code lists, SQL with its heads), read into checked values.
//!
//! In: `pipelines/`, `config/`, `sql/`. Out: [`Definitions`], or *every* problem at once, each with file, line, column, what was
//! found, what is valid, and a hint. Nothing here looks at data, and no other module names `toml`.

mod alert;
mod arrival;
mod behind;
mod boards;
mod check;
mod codes;
mod compile_boards;
mod compile_disclosure;
mod compile_layout;
mod compile_table;
mod compile_targets;
mod compile_unfold;
mod counted;
mod difference;
mod digest;
mod disclosure;
mod document;
mod encoding;
mod filled;
mod front_matter;
mod inherit;
pub mod kpi;
mod lent;
mod load;
mod macros;
mod mart;
mod names;
mod needs;
mod open;
mod patterns;
mod place;
pub mod portable;
mod privacy;
mod problem;
mod rate;
mod rebase;
mod relation;
mod schema;
mod series;
mod shape;
mod sql;
mod sql_text;
mod target;
mod target_line;
mod target_place;
mod target_value;
mod text;
mod vocabulary;
pub mod wire;
pub mod wire_boards;
pub mod wire_disclosure;
mod wire_layout;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;
use jiff::civil::Date;
use regex::Regex;

use crate::model::{IdentifierKind, Reason, Severity, Ways};
pub use alert::{AlertChannel, AlertKind, AlertToml};
pub use arrival::{Arrival, Field, Unpivot};
pub use behind::{Behind, COUNTS, IN_PART, LINEAGE, PLACED};
pub use boards::{Board, BoardVersion, Boards, Meeting, NOTICE_DAYS, Seat};
pub use check::Check;
pub use codes::{Code, CodeList};
pub use counted::STAND_INS;
pub use difference::{Difference, Differing};
pub use digest::DefinitionFiles;
pub use disclosure::{DisclosurePolicies, DisclosurePolicy, WhoIsCounted};
pub use encoding::Encoding;
pub use inherit::Inherited;
pub use kpi::{Kpi, SELECT_COLUMNS};
pub use load::{load, load_settings, load_what_is_right};
pub use macros::Macro;
pub use mart::Mart;
pub use needs::Need;
pub use open::{Doubt, OpenQuestion, ToConfirm};
pub use patterns::Patterns;
pub use place::{Definitions, Settings};
pub use portable::{Finding, foreign_tables, output_columns, read_tables, unportable};
pub use problem::{Problem, Problems, did_you_mean};
pub use rate::{Made, PrintedRate, RateParts, RateToml};
pub use rebase::Rebase;
pub use relation::Foreign;
pub use schema::{SCHEMAS, schema, schema_text};
pub use series::{Series, SeriesKind};
pub use sql::{load_kpis, no_kpis};
pub use target::{TargetBasis, TargetKind, TargetLine, TargetPoint, TargetReading, Targets};
pub use vocabulary::{Area, Basis, PeriodKind, Polarity, Unit};
pub use wire::{
    Disposition, DurationUnit, FieldWhere, Hidden, HiddenToml, Invalid, Merged, OnRefusal, PercentToml, PrivacyClass,
    ShortRows, UnknownLabels,
};

/// One collection.
#[derive(Debug, Clone)]
pub struct Collection {
    /// Its name: the folder's.
    pub name: String,
    /// As its users name it.
    pub title: String,
    /// Who answers for it.
    pub owner: String,
    /// Why it is held.
    pub purpose: String,
    /// Lawful basis.
    pub lawful_basis: String,
    /// How long it is kept.
    pub retention: String,
    /// Licence and attribution.
    pub licence: Option<String>,
    /// Whether its deliveries count here: `collections` of the config leaves it out otherwise.
    pub runs: bool,
    /// What its deliveries have to pass.
    pub gate: Gate,
    /// Its tables by name.
    pub tables: BTreeMap<String, Arc<Table>>,
    /// Its layouts, by name.
    pub layouts: Vec<Arc<Layout>>,
    /// SHA-256 over what decides how its deliveries are read: contract, layouts, code lists, program version.
    pub hash: String,
    /// Its folder.
    pub folder: PathBuf,
}

/// What deliveries of a collection have to pass.
#[derive(Debug, Clone, Copy)]
pub struct Gate {
    /// Most quarantined rows, as a share of the rows of a delivery.
    pub max_quarantined_share: f64,
    /// Fewest rows as a share of the delivery before of the same layout; 0 for no limit. None where the collection says nothing:
    /// then [`Gate::MIN_ROWS_SHARE`] of the delivery whose place it takes.
    pub min_rows_share: Option<f64>,
    /// Whether a refused file does not pass.
    pub refused_file_stops: bool,
    /// What a delivery that does not pass does.
    pub on_refusal: OnRefusal,
}

impl Gate {
    /// Fewest rows, as a share of the delivery whose place another takes, where the collection says nothing.
    pub const MIN_ROWS_SHARE: f64 = 0.5;
    /// Below this many rows a fall says nothing, where the collection says nothing.
    pub const ROWS_THAT_CAN_FALL: u64 = 20;
}

/// One source of files.
#[derive(Debug, Clone)]
pub struct Source {
    /// The collection that it feeds.
    pub collection: String,
    /// The kind and its particulars.
    pub kind: SourceKind,
    /// Declared day of receipt.
    pub received: Option<Date>,
    /// Declared maturity.
    pub maturity: Option<String>,
    /// Whether it is the pipeline's own, and no config of the place names it: its folder need not be there before
    /// anything has arrived.
    pub is_default: bool,
    /// What the layouts of the collection read from a file's name: the first group of each.
    pub named: Vec<Regex>,
    /// Who supplies what it brings, if the config says so.
    pub supplier: Option<Supplier>,
}

/// Who supplies the files of a source.
#[derive(Debug, Clone)]
pub enum Supplier {
    /// One sender.
    Named(String),
    /// The first group of this pattern in the file's path or address.
    From(Regex),
}

impl Source {
    /// What the layouts of the collection read from this file's name; empty where they read nothing.
    #[must_use]
    pub fn from_name(&self, file_name: &str) -> String {
        let found = self.named.iter().filter_map(|pattern| Some(pattern.captures(file_name)?.get(1)?.as_str()));
        found.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>().join("\n")
    }
}

/// The kinds of source.
#[derive(Debug, Clone)]
pub enum SourceKind {
    /// A folder, with globs that may reach into archives.
    Folder {
        /// The folder, absolute or relative to the current directory.
        path: PathBuf,
        /// Patterns over `relative/path.csv` or `relative/archive.zip!member.csv`.
        files: Vec<String>,
        /// Patterns to leave out.
        except: Vec<String>,
    },
    /// An HTTP(S) address.
    Http(Arc<wire::HttpToml>),
}

impl SourceKind {
    /// Where its files stand, as the config says it: a folder, an address.
    #[must_use]
    pub fn at(&self) -> String {
        match self {
            Self::Folder { path, .. } => path.display().to_string(),
            Self::Http(http) => http.url.clone(),
        }
    }

    /// Its folder; none where people put no files into it.
    #[must_use]
    pub fn folder(&self) -> Option<&std::path::Path> {
        match self {
            Self::Folder { path, .. } => Some(path),
            Self::Http(_) => None,
        }
    }

    /// Whether a delivery that came from there, as it says itself, came from this source.
    #[must_use]
    pub fn brings(&self, from: &str) -> bool {
        match self {
            Self::Folder { path, .. } => std::path::Path::new(from).starts_with(path),
            Self::Http(http) => from.starts_with(&http.url),
        }
    }
}

/// The contract of a canonical table.
#[derive(Debug, Clone)]
pub struct Table {
    /// The collection that it belongs to.
    pub collection: String,
    /// Its name: the file's.
    pub name: String,
    /// What it holds.
    pub title: String,
    /// What one row is.
    pub grain: String,
    /// Questions that a draft has left open.
    pub to_confirm: Vec<OpenQuestion>,
    /// Names of the key columns.
    pub key: Vec<String>,
    /// What a later delivery does to an earlier one.
    pub disposition: Disposition,
    /// The column that says which period a row speaks for.
    pub period: Option<String>,
    /// Further columns that say, with `period`, which return a row belongs to.
    pub period_with: Vec<String>,
    /// Name under schema `mart`, if shown column for column.
    pub mart: Option<String>,
    /// Values of columns whose rows are not put into the mart.
    pub mart_without: BTreeMap<String, Vec<String>>,
    /// Whether rows that a later delivery has replaced are in its mart.
    pub mart_superseded: bool,
    /// The column that says who supplied a row.
    pub supplier: Option<String>,
    /// How the publication rounds what it prints, where a layout does not say otherwise.
    pub rounding: Option<Ways>,
    /// Its printed rates that no KPI speaks of.
    pub rates: Vec<PrintedRate>,
    /// The columns in order.
    pub columns: IndexMap<String, Column>,
    /// The rules in order.
    pub rules: Vec<Rule>,
}

impl Table {
    /// The name of its rows in the working schema of marts: `conformed.<name>`.
    #[must_use]
    pub fn view_name(&self) -> String {
        if self.name.starts_with(&self.collection) {
            self.name.clone()
        } else {
            format!("{}_{}", self.collection, self.name)
        }
    }

    /// The columns by whose values the rows of one delivery take the place of another's.
    pub fn replaced_by(&self) -> impl Iterator<Item = &str> {
        self.period.iter().chain(&self.period_with).map(String::as_str)
    }

    /// Whether less than the value is kept of some column.
    #[must_use]
    pub fn is_reduced(&self) -> bool {
        self.columns.values().any(|column| column.kept != Kept::Value)
    }
}

impl Collection {
    /// Whether its deliveries can be read only with a key of pseudonyms.
    #[must_use]
    pub fn needs_key(&self) -> bool {
        self.tables.values().any(|table| table.is_reduced())
    }
}

/// One column of a contract.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its type.
    pub kind: Kind,
    /// What it holds, with unit.
    pub about: String,
    /// A blank quarantines the row.
    pub required: bool,
    /// Privacy class.
    pub class: PrivacyClass,
    /// What is kept of it.
    pub kept: Kept,
    /// The code list of a `code` column, or the authorities that may stand in an identifier.
    pub codes: Option<Arc<CodeList>>,
    /// What an invalid code or identifier does.
    pub invalid: Invalid,
    /// Marks of missing values. A column that has any also has `<name>_reason` beside it in Parquet and DuckDB.
    pub marks: BTreeMap<String, Reason>,
}

/// What the lake and the warehouse keep of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// The value.
    Value,
    /// A pseudonym, comparable with others of this purpose.
    Pseudonym(String),
    /// The first day of its month.
    Month,
    /// The district of a postcode.
    District,
    /// Nothing.
    Nothing,
}

/// Where the key of pseudonyms is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPlace {
    /// In this variable of the environment.
    Environment(String),
    /// In this file.
    File(PathBuf),
}

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text, kept as it stands apart from outer white space.
    Text,
    /// A whole number, 64 bits.
    Integer,
    /// An exact decimal number.
    Decimal {
        /// Digits in all, at most 38.
        precision: u8,
        /// Digits after the point.
        scale: i8,
    },
    /// A day.
    Date,
    /// Yes or no.
    Boolean,
    /// A code of a list.
    Code,
    /// An identifier. Kept as text, in its normal form.
    Identifier(IdentifierKind),
    /// An academic or calendar year, kept as `2016/17` or `2024`.
    Period,
}

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Stable id.
    pub id: String,
    /// What failing it does.
    pub severity: Severity,
    /// The columns listed as at fault.
    pub columns: Vec<String>,
    /// SQL boolean expression.
    pub check: String,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub hint: String,
    /// Where it comes from.
    pub source: Option<String>,
}

/// One shape in which a table arrives.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Its name: the file's.
    pub name: String,
    /// The release that it is of, or the system that exports it, in words.
    pub about: String,
    /// The table that it fills.
    pub table: Arc<Table>,
    /// Questions that a draft has left open.
    pub to_confirm: Vec<OpenQuestion>,
    /// What it inherits from another layout, if it extends one.
    pub inherited: Option<Inherited>,
    /// How this release rounds what it prints: its own word, or that of the table.
    pub rounding: Option<Ways>,
    /// File-name patterns; empty for any.
    pub files: Option<Patterns>,
    /// What the first record reads in these columns.
    pub when: Vec<(String, Regex)>,
    /// The kind of file.
    pub format: Format,
    /// What a row of text is that has fewer fields than the header.
    pub short_rows: ShortRows,
    /// Sheets that are left on purpose, and why.
    pub leave: Vec<(Patterns, String)>,
    /// Rows that make one header.
    pub header_rows: u32,
    /// The header is looked for in this many first rows, of the sheet or below the title.
    pub header_within: u32,
    /// The title above this table, where several stand on one sheet.
    pub title: Option<Regex>,
    /// Cut footnote digits from labels.
    pub strip_footnotes: bool,
    /// What a label does that no column takes.
    pub unknown: UnknownLabels,
    /// Labels known and not taken.
    pub ignore: Vec<Regex>,
    /// How each column of the contract arrives, in the contract's order. Absent columns are not in it.
    pub columns: IndexMap<String, Arrival>,
    /// Column that receives the banner text.
    pub banner: Option<String>,
    /// Column of the sheet in which banners stand, 0-based.
    pub banner_at: u32,
    /// First cells that end the table.
    pub end: Vec<Regex>,
    /// First cells of rows that are notes.
    pub skip: Vec<Regex>,
    /// What becomes of rows, columns and sheets that the workbook hides.
    pub hidden: HiddenToml,
    /// What merged cells of the data hold beside the first; none where nobody has said.
    pub merged: Option<Merged>,
    /// The only cells that are read, by the name that the workbook gives them.
    pub named: Option<NamedCells>,
    /// Columns into rows.
    pub unpivot: Option<Unpivot>,
    /// Values that stand once on the sheet, by column of the contract.
    pub fields: IndexMap<String, Field>,
}

/// Cells of a workbook by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum NamedCells {
    /// An Excel table.
    Table(String),
    /// A defined name.
    Range(String),
}

/// The kind of file.
#[derive(Debug, Clone)]
pub enum Format {
    /// Delimited text.
    Csv {
        /// Its encoding.
        encoding: Encoding,
        /// Between fields.
        delimiter: u8,
        /// Around fields, if any.
        quote: Option<u8>,
        /// The last character of a line: a line feed, which a carriage return may stand before, or a carriage return alone.
        line_end: u8,
    },
    /// An Excel workbook.
    Workbook {
        /// Sheet-name patterns; none for every visible sheet.
        sheets: Option<Patterns>,
        /// The table goes on over all of these sheets.
        stack: bool,
        /// Only sheets on which a cell matches.
        content: Option<Regex>,
    },
    /// XML.
    Xml {
        /// Names of the elements from the root to a row.
        row: Vec<String>,
        /// Elements within a row that are looked into.
        into: Vec<String>,
    },
    /// Parquet.
    Parquet,
    /// JSON: an object a line, or an array of objects.
    Jsonl,
}

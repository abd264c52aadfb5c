//! `pipelines/<collection>/layouts/<name>.toml` exactly as people write it: the part of [`super::wire`] about layouts.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::open::ToConfirm;

/// `pipelines/<collection>/layouts/<name>.toml`: one shape in which a table arrives.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayoutToml {
    /// What this shape is, in a few words.
    pub title: String,
    /// The canonical table that it fills. Inherited where the layout extends another.
    pub table: String,
    /// Questions that are open: what a draft has guessed of this shape. Nothing of the collection is published before each line is
    /// gone; mend what it asks about, if it is wrong, and delete it. Not inherited.
    #[serde(default)]
    pub to_confirm: Vec<ToConfirm>,
    /// Why it differs from the layout before it. Has to be said where it extends one.
    #[serde(default)]
    pub why: Option<String>,
    /// A shape of the collection (`shapes/<name>.toml`), of which this layout has all that it does not say itself. Together with
    /// `extends` it lies over what that one says.
    #[serde(default)]
    pub shape: Option<String>,
    /// Another layout of the collection, of the same table, of which this one states what changed: all that is not said here
    /// is as there. Tables (`columns`, `rows`, a column) merge key by key, lists and values replace, and `absent` adds.
    #[serde(default)]
    pub extends: Option<String>,
    /// What is not inherited, as dotted keys: `["unpivot", "columns.start.only"]`. A column that is gone stands in `absent`.
    #[serde(default)]
    pub drop: Vec<String>,
    /// File-name patterns (globs, without folders, any case); default any name.
    #[serde(default)]
    pub files: Vec<String>,
    /// Only files whose first record reads so: column = regular expression over its whole cell. For layouts of one header that no name
    /// tells apart. A file without a record has every kind.
    #[serde(default)]
    pub when: BTreeMap<String, String>,
    /// The kind of file. Exactly one of `csv`, `workbook`, `xml`, `parquet` and `jsonl`.
    pub format: FormatToml,
    /// How this release rounds the shares and rates that it prints, where it is not as the table says: `decimal_half_up(1)`.
    #[serde(default)]
    pub rounding: Option<String>,
    /// Where the header is looked for, and how it is read.
    #[serde(default)]
    pub header: HeaderToml,
    /// Header labels that are known and not taken (regular expressions over the whole label).
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Date forms of every column of days that says none itself, as `formats` of a column. Default `%Y-%m-%d` and `%d/%m/%Y`.
    #[serde(default)]
    pub dates: Vec<String>,
    /// How each column arrives. A column of the contract that is not listed arrives under its own name.
    #[serde(default)]
    pub columns: BTreeMap<String, ArrivalToml>,
    /// Columns of the contract that this shape does not have.
    #[serde(default)]
    pub absent: Vec<String>,
    /// Rows that hold no record.
    #[serde(default)]
    pub rows: RowsToml,
    /// What becomes of what a workbook hides.
    #[serde(default)]
    pub hidden: HiddenToml,
    /// Turns columns into rows.
    #[serde(default)]
    pub unpivot: Option<UnpivotToml>,
    /// Values that stand once on the sheet, beside or below a label, and belong to every row: a form's head. By column.
    #[serde(default)]
    pub fields: BTreeMap<String, FieldToml>,
}

/// A value that stands once on the sheet.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldToml {
    /// A regular expression over the whole of the label's cell, white space made one space. With `where = "same"` its first
    /// group is the value: `Year: (\d{4}/\d{2})`.
    pub label: String,
    /// Where the value stands: the first filled cell to the `right` of the label, the cell `below` it, or in the `same` cell.
    /// Default `right`.
    #[serde(default)]
    pub r#where: FieldWhere,
    /// The label stands in this many first rows of the sheet. Default 40.
    #[serde(default)]
    pub within: Option<u32>,
}

/// Where the value of a field stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FieldWhere {
    /// In the first filled cell to the right of the label.
    #[default]
    Right,
    /// In the cell below the label.
    Below,
    /// In the label's own cell.
    Same,
}

/// The kind of file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormatToml {
    /// Comma-separated or similar text.
    #[serde(default)]
    pub csv: Option<CsvToml>,
    /// A workbook: xlsx, xlsm, xlsb, xls, ods or fods, whatever its name says.
    #[serde(default)]
    pub workbook: Option<WorkbookToml>,
    /// XML, of which each element at one path is a row.
    #[serde(default)]
    pub xml: Option<XmlToml>,
    /// Parquet: the names of its columns are the labels. Columns within columns are refused.
    #[serde(default)]
    pub parquet: Option<ParquetToml>,
    /// JSON, one object a line or one array of objects: the keys are the labels.
    #[serde(default)]
    pub jsonl: Option<JsonlToml>,
}

/// Parquet says all of itself: there is nothing to declare.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParquetToml {}

/// JSON says all of itself: there is nothing to declare.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JsonlToml {}

/// XML read as a table. Its labels are the names of the elements within a row that hold text (without namespace prefix),
/// `@name` for an attribute, `Name/` for an element that is not looked into, and `Name#` for the place, from 1, of the
/// row and of each element around it among all elements of its path: that is how a row knows its parent.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct XmlToml {
    /// Path of the elements that are rows, from the root: `Message/Persons/Person`.
    pub row: String,
    /// Elements within a row that are looked into, such as `CollectionDetails`: what they hold belongs to the row.
    #[serde(default)]
    pub into: Vec<String>,
}

/// The dialect of a CSV. Declared, never guessed.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CsvToml {
    /// `utf-8` (with or without BOM), `utf-16` (by its BOM), `utf-16le`, `utf-16be`, `windows-1252` (which is what calls itself
    /// `latin1` too) or another name of the WHATWG's list in which ASCII is ASCII, such as `iso-8859-15`. Default `utf-8`.
    #[serde(default)]
    pub encoding: Option<String>,
    /// One character; `\t` for a tab. Default a comma.
    #[serde(default)]
    pub delimiter: Option<String>,
    /// One character, or empty for none. Default `"`.
    #[serde(default)]
    pub quote: Option<String>,
    /// `lf` (with or without a carriage return before it) or `cr` alone, as old Macs wrote. Default `lf`.
    #[serde(default)]
    pub line_end: Option<String>,
    /// What a row is that has fewer fields than the header: `refuse` keeps it back; `blank` takes the fields that were left off
    /// its end for blank, as spreadsheet programs leave them off, where the row reaches the last of the columns that have to
    /// be filled (the key, and what the contract requires). Default `refuse`.
    #[serde(default)]
    pub short_rows: ShortRows,
}

/// What a row is that has fewer fields than the header.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ShortRows {
    /// Cut short: it is kept back.
    #[default]
    Refuse,
    /// Whole: the fields that were left off its end are blank.
    Blank,
}

/// The sheet of a workbook.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkbookToml {
    /// Sheet names, globs in any case. Default: every sheet, of which exactly one must have the header.
    #[serde(default)]
    pub sheets: Vec<String>,
    /// The table goes on over all of these sheets, each with a header of its own: a sheet a month. Needs `sheets`; a sheet
    /// that is not blank and fits no layout is then refused. Default false.
    #[serde(default)]
    pub stack: bool,
    /// Only sheets on which a cell of the first 40 rows matches this (a regular expression over the whole cell, white space
    /// made one space): for sheets whose names say nothing.
    #[serde(default)]
    pub content: Option<String>,
    /// Sheets of the workbook that are left on purpose, and why: a glob of their names (in any case) = the reason. Each is listed
    /// for information, with its number of rows; a sheet that is neither read nor left is then a query.
    #[serde(default)]
    pub leave: BTreeMap<String, String>,
    /// Only the cells of this Excel table (Insert, Table), on whatever sheet it stands; rows outside are skipped and counted, and
    /// so is its totals row. Its header is its first row.
    #[serde(default)]
    pub table: Option<String>,
    /// Only the cells of this defined name (Formulas, Name Manager), of which the first row is the header; rows outside are
    /// skipped and counted.
    #[serde(default)]
    pub range: Option<String>,
}

/// Where the header is looked for, and how it is read.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeaderToml {
    /// Number of rows that make one header. Upper labels span the blanks to their right and are joined by ` / `. Default 1.
    #[serde(default)]
    pub rows: Option<u32>,
    /// The header is looked for in this many first rows, of the sheet or below the title. Default 40.
    #[serde(default)]
    pub within: Option<u32>,
    /// Several tables stand on one sheet, one below the other: the first filled cell of the row that is the title of this
    /// one (a regular expression over the whole cell, white space made one space). It ends where the next title stands.
    #[serde(default)]
    pub title: Option<String>,
    /// Cut footnote digits glued to the end of a label (`decisions1,9`). Default false.
    #[serde(default)]
    pub strip_footnotes: bool,
    /// What a label does that no column takes and that is not ignored: `tell` it as a query, or `refuse` the file, with the lines that
    /// take it: where a new column may split rows that were one before. Default `tell`.
    #[serde(default)]
    pub unknown: UnknownLabels,
}

/// What a label does that no column takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum UnknownLabels {
    /// It is told as a query, and the file is read.
    #[default]
    Tell,
    /// It refuses the file.
    Refuse,
}

/// How one column arrives.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "TOML as people write it")]
pub struct ArrivalToml {
    /// Header labels, any of which names this column. Default the column's own name, unless there is a `from_pattern`.
    #[serde(default)]
    pub from: Vec<String>,
    /// A regular expression over the whole label, in any case and with white space made one space: for labels that carry
    /// instructions.
    #[serde(default)]
    pub from_pattern: Option<String>,
    /// Columns of the sheet by letter (`["A", "B"]`), for cells that have no label: the first of them that is filled.
    #[serde(default)]
    pub at: Vec<String>,
    /// Which of several equal labels, from the left, 1-based. Naming it says that the duplicate is known: it is listed as a query.
    #[serde(default)]
    pub occurrence: Option<u32>,
    /// The column may be missing from the file. Default false.
    #[serde(default)]
    pub optional: bool,
    /// Date forms in jiff/strftime notation (`%d/%m/%Y`), tried in order. Default the `dates` of the layout.
    #[serde(default)]
    pub formats: Vec<String>,
    /// A value for every row, instead of a cell.
    #[serde(default)]
    pub constant: Option<String>,
    /// A regular expression over the file's name whose first group is the value for every row.
    #[serde(default)]
    pub file_name: Option<String>,
    /// A regular expression over the sheet's name whose first group is the value for every row.
    #[serde(default)]
    pub sheet_name: Option<String>,
    /// The cell may hold the label of a code instead of the code. Default false.
    #[serde(default)]
    pub by_label: bool,
    /// Repairs of known damage (`"01-May" = "1-5"`): each is listed, with the raw text, as an info fault.
    #[serde(default)]
    pub repair: BTreeMap<String, String>,
    /// Renamings of codes that mean the same (`"Special" = "special"`): part of the layout, not listed.
    #[serde(default)]
    pub map: BTreeMap<String, String>,
    /// Codes, and what `map` renames, are told in any case: `special`, `Special` and `SPECIAL` are one. For codes of publications
    /// whose spelling changes from file to file. Default false.
    #[serde(default)]
    pub any_case: bool,
    /// Take the cell only where this regular expression matches the whole of it; blank otherwise.
    #[serde(default)]
    pub only: Option<String>,
    /// Cut footnote digits glued to the end of a text. Default false.
    #[serde(default)]
    pub strip_footnotes: bool,
    /// Take the cell only in rows in which other columns read so: column = regular expression over its whole text.
    #[serde(default)]
    pub when: BTreeMap<String, String>,
    /// The column is a percentage: `points` when 12.3 means 12.3 %, `fraction` when 0.123 does. Kept in points either way; a
    /// text that ends in `%` is in points always.
    #[serde(default)]
    pub percent: Option<PercentToml>,
    /// The column is a length of time, kept as a number of this unit: a cell of Excel's `[h]:mm`, or a text `37:30`.
    #[serde(default)]
    pub duration: Option<DurationUnit>,
    /// Round to this many decimals, half away from zero, where the file has more, as computed percentages do. How many cells were
    /// rounded is listed once for the column, for information. At most the decimals of the column's type.
    #[serde(default)]
    pub round: Option<u8>,
    /// Years of two digits in `formats` (`%y`) lie in the hundred years that begin with this one: `1950` reads 49 as 2049.
    #[serde(default)]
    pub century: Option<i16>,
    /// The cells of a column of days are moments, such as when an export was made: the day is taken, and the time is no fault.
    /// Default false: a time other than midnight is a query.
    #[serde(default)]
    pub moment: bool,
    /// A number in brackets is negative, as accountants write it: `(1,234)`. Default false.
    #[serde(default)]
    pub brackets: bool,
    /// Text before the number to cut, such as `£`.
    #[serde(default)]
    pub prefix: Option<String>,
    /// Text after the number to cut, such as `%`.
    #[serde(default)]
    pub suffix: Option<String>,
}

/// How a percentage is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PercentToml {
    /// 12.3 means 12.3 %.
    Points,
    /// 0.123 means 12.3 %.
    Fraction,
}

/// The unit in which a length of time is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DurationUnit {
    /// Days of 24 hours.
    Days,
    /// Hours.
    Hours,
    /// Minutes.
    Minutes,
}

/// Rows that hold no record.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowsToml {
    /// A row with a text in its first cell only is a banner; it is carried down into this column until the next one.
    #[serde(default)]
    pub banner: Option<String>,
    /// Where banners stand in another column than the first: its letter (`"B"`). Nothing else stands in such a row.
    #[serde(default)]
    pub banner_at: Option<String>,
    /// The table ends at the first row whose first filled cell matches one of these (regular expressions over the whole cell).
    #[serde(default)]
    pub end: Vec<String>,
    /// Rows whose first filled cell matches one of these are skipped as notes.
    #[serde(default)]
    pub skip: Vec<String>,
    /// What cells of the data hold that are merged with one above or to the left: `fill` gives them what the first holds,
    /// `first` leaves them blank. Default: they are blank, and each range in which that leaves cells of the table empty is told
    /// as a query. Rows of which nothing else is filled stay blank. .xlsb does not tell what is merged.
    #[serde(default)]
    pub merged: Option<Merged>,
}

/// What merged cells of the data hold beside the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Merged {
    /// What the first holds.
    Fill,
    /// Nothing.
    First,
}

/// What becomes of what a workbook hides, by hand or by a filter. All formats but .xlsb tell of rows and columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HiddenToml {
    /// Rows of the table: `tell` once by a query and read, `read` as the others, `skip` and count, or `refuse` the file. Default
    /// `tell`.
    #[serde(default)]
    pub rows: Hidden,
    /// Columns: `tell` once by a query and read, `read` as the others, `skip` as if they were not there, or `refuse` the file.
    /// Default `tell`.
    #[serde(default)]
    pub columns: Hidden,
    /// Sheets that have the table: `tell` once by a query and read, `read` as the others, `skip` and count their rows, or `refuse`
    /// the file. Default `tell`.
    #[serde(default)]
    pub sheets: Hidden,
}

/// What becomes of something that a workbook hides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Hidden {
    /// They are read as the others, and a query tells that they are hidden.
    #[default]
    Tell,
    /// They are read as the others: that they are hidden is known and right.
    Read,
    /// They are skipped, and counted.
    Skip,
    /// They refuse the file.
    Refuse,
}

/// Turns columns into rows: each distinct `key` that the patterns find becomes one record of the row.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnpivotToml {
    /// The column that receives the text of the group `key`.
    #[serde(default)]
    pub key: Option<String>,
    /// Instead of `key`: several columns, each of which receives the text of the group of its name.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Column = regular expression over the header label with a group `(?<key>…)`, or with groups named as the columns of
    /// `keys`. A column whose pattern lacks a key's group stands in every record that agrees in the groups that it has.
    /// Of several equal labels, `SNP` reads `SNP#1`, `SNP#2`….
    pub columns: BTreeMap<String, String>,
    /// First year of the hundred in which keys of two digits lie: with 2000, `due_25` is of 2025.
    #[serde(default)]
    pub century: Option<i16>,
}

//! The TOML files exactly as people write them. The JSON Schemas (`sendmart schema`) are generated from these types.
//!
//! Nothing is checked here beyond its shape; `compile` turns these into the checked types of [`crate::definitions`].

use std::collections::BTreeMap;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::alert::AlertToml;
use super::open::ToConfirm;
use super::rate::RateToml;
pub use super::wire_layout::{
    ArrivalToml, CsvToml, DurationUnit, FieldToml, FieldWhere, FormatToml, HeaderToml, Hidden, HiddenToml, LayoutToml,
    Merged, PercentToml, RowsToml, ShortRows, UnknownLabels, UnpivotToml, WorkbookToml, XmlToml,
};
use crate::model::{Reason, Severity};

/// `pipelines/<collection>/pipeline.toml`: what a collection is, who answers for it, and when it may be published.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PipelineToml {
    /// The return as its users name it.
    pub title: String,
    /// Who answers for it: a role, not a person.
    pub owner: String,
    /// Why it is held (UK GDPR article 5(1)(b)).
    pub purpose: String,
    /// The lawful basis for holding it (UK GDPR articles 6 and 9), or `open data`.
    pub lawful_basis: String,
    /// How long it is kept, and from when.
    pub retention: String,
    /// The licence and attribution to show where an extract is shipped or shown.
    #[serde(default)]
    pub licence: Option<String>,
    /// Another collection, whose layouts this one has too: each that fills a table whose name is a table of this one. A shape or a
    /// layout of its own stands in the place of one of the same name.
    #[serde(default)]
    pub layouts_of: Option<String>,
    /// Where its files come from, unless the place's config names sources for this collection.
    #[serde(default, rename = "source")]
    pub sources: Vec<SourceToml>,
    /// What its deliveries have to pass.
    #[serde(default)]
    pub gate: GateToml,
}

/// What this collection's deliveries have to pass. One that does not holds the collection: it keeps what it has in the live
/// generation, and the others are published.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GateToml {
    /// Most quarantined rows of a delivery, as a share of its rows (0 to 1). Default 0.05.
    #[serde(default)]
    pub max_quarantined_share: Option<f64>,
    /// Fewest rows of a delivery as a share of the delivery before it of the same layout (0 to 1; 0 asks for none). Where it is
    /// not given: half of the delivery whose place it takes (one of the same name, or of the same return of a table that is
    /// replaced), if that had 20 rows. A delivery that takes the place of rows of another of the same day and has none of them
    /// does not pass either, unless 0 is given.
    #[serde(default)]
    pub min_rows_share: Option<f64>,
    /// Whether a file of this collection that is refused as a whole does not pass. Default true. A file that no layout is for
    /// always passes, and is told.
    #[serde(default)]
    pub refused_file_stops: Option<bool>,
    /// What a delivery that does not pass does: `hold` its collection (the default), or `stop` the whole publish.
    #[serde(default)]
    pub on_refusal: OnRefusal,
}

/// What a delivery that does not pass its gate does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnRefusal {
    /// Its collection keeps what it has in the live generation; the others are published.
    #[default]
    Hold,
    /// Nothing is published: all or nothing.
    Stop,
}

/// One source. Exactly one of `folder` and `http`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceToml {
    /// The collection; only in the place's config, where it is required.
    #[serde(default)]
    pub collection: Option<String>,
    /// A folder of files, looked through again at each run.
    #[serde(default)]
    pub folder: Option<FolderToml>,
    /// An HTTP or HTTPS address, asked again (conditionally) at each run.
    #[serde(default)]
    pub http: Option<HttpToml>,
    /// The day on which these files were received, `2025-06-26`, where that is not the day of landing.
    #[serde(default)]
    pub received: Option<String>,
    /// How final these figures are; printed beside every number.
    #[serde(default)]
    pub maturity: Option<Maturity>,
    /// Who supplies what it brings: `sendmart faults export` writes one workbook for each supplier.
    #[serde(default)]
    pub supplier: Option<String>,
    /// The same where it is read from the file's path or address: a pattern whose first group names the supplier, such as
    /// `/from_schools/([^/]+)/`.
    #[serde(default)]
    pub supplier_from: Option<String>,
}

/// How final the figures of a source are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Maturity {
    /// More may come, or change.
    Provisional,
    /// Changed since it first came.
    Revised,
    /// No change is expected.
    Final,
}

impl Maturity {
    /// The word used in the ledger and in `kpi.value`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provisional => "provisional",
            Self::Revised => "revised",
            Self::Final => "final",
        }
    }
}

/// A folder and the files to take from it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FolderToml {
    /// Path, relative to the place.
    pub path: String,
    /// Glob patterns below the folder; `archive.zip!data/*.csv` takes members of an archive. Default: every file.
    #[serde(default)]
    pub files: Vec<String>,
    /// Glob patterns to leave out.
    #[serde(default)]
    pub except: Vec<String>,
}

/// An address and how to ask for it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpToml {
    /// The address, `https://…`; `http://` only with `insecure = true`. No user name or password in it.
    pub url: String,
    /// The file's name; default the last part of the address.
    #[serde(default)]
    pub file_name: Option<String>,
    /// Members to take when it is an archive: glob patterns, as after `!`.
    #[serde(default)]
    pub members: Vec<String>,
    /// Largest size in megabytes. Default 512.
    #[serde(default)]
    pub max_megabytes: Option<u64>,
    /// Seconds that a request may take. Default 300.
    #[serde(default)]
    pub timeout_seconds: Option<u64>,
    /// Tries before giving up. Default 5.
    #[serde(default)]
    pub tries: Option<u32>,
    /// Header lines; a value `env:NAME` is read from the environment, so that no secret stands here.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Allow plain `http://` and private addresses: for tests and inner networks.
    #[serde(default)]
    pub insecure: bool,
}

/// `config/default.toml`, `config/local.toml`, or the file named by `--config`: how this place runs.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigToml {
    /// Where files come from; replaces the sources in the pipeline of the same collection.
    #[serde(default, rename = "source")]
    pub sources: Vec<SourceToml>,
    /// Only these collections run. Default: all.
    #[serde(default)]
    pub collections: Vec<String>,
    /// Three-digit code of the authority whose place this is. Default: what the heads of its own returns say.
    #[serde(default)]
    pub authority: Option<String>,
    /// The time zone of the place, as IANA names it: what a day is there. Default `Europe/London`.
    #[serde(default)]
    pub timezone: Option<String>,
    /// The file of boards, members and meetings. Relative to the place; default `config/boards.toml`, where it is there.
    #[serde(default)]
    pub boards: Option<String>,
    /// The file of targets. Relative to the place; default `config/targets.csv`, where it is there.
    #[serde(default)]
    pub targets: Option<String>,
    /// Where outputs go. Relative to the place; default `var`.
    #[serde(default)]
    pub var: Option<String>,
    /// Limits of the machine.
    #[serde(default)]
    pub limits: LimitsToml,
    /// How many generations are kept beside the live one. Default 7.
    #[serde(default)]
    pub keep_generations: Option<u32>,
    /// How identifiers of people become pseudonyms.
    #[serde(default)]
    pub privacy: PrivacyToml,
    /// Declared changes of a process, at which the limits of its charts start again. Those of the config that is laid over the default
    /// are added to it.
    #[serde(default, rename = "rebase")]
    pub rebases: Vec<RebaseToml>,
    /// Whom a night tells how it went. Those of the config that is laid over the default replace its own.
    #[serde(default, rename = "alert")]
    pub alerts: Vec<AlertToml>,
}

/// A change of the process behind a KPI: limits of its charts start again there, and nowhere else.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RebaseToml {
    /// The id of the KPI.
    pub kpi: String,
    /// The place, as for `--at`: its name, three digits, a GSS code, a URN or a LAESTAB. Default: every place.
    #[serde(default)]
    pub place: Option<String>,
    /// The first day of the process as it is now, `2025-09-01`. A period of which more than half lies on or after it is of the new one.
    pub date: String,
    /// What changed in the process itself; printed with the chart.
    pub reason: String,
}

/// How identifiers of people become pseudonyms.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivacyToml {
    /// Where the key is: `env:NAME`, or the path of a file outside the place. `sendmart key new` makes one.
    #[serde(default)]
    pub key: Option<String>,
}

/// Limits of the machine.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitsToml {
    /// Worker threads. Default: the cores of the machine. The result does not depend on it.
    #[serde(default)]
    pub threads: Option<u32>,
    /// Memory for DuckDB in megabytes. Default 1024.
    #[serde(default)]
    pub duckdb_megabytes: Option<u64>,
    /// Seconds after which a statement of a mart, check, KPI or rule is stopped, so that one that never ends holds no night. Default 900.
    #[serde(default)]
    pub sql_seconds: Option<u32>,
}

/// `pipelines/<collection>/tables/<table>.toml`: the contract of one canonical table.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableToml {
    /// What the table holds, in a few words.
    pub title: String,
    /// What one row is, in a sentence: `one authority, region or nation in one calendar year by breakdown`.
    pub grain: String,
    /// Questions that are open: what a draft has guessed of this table. Nothing of the collection is published before each line is
    /// gone; mend what it asks about, if it is wrong, and delete it.
    #[serde(default)]
    pub to_confirm: Vec<ToConfirm>,
    /// The columns that make a row unique within a delivery. Blank counts as a value.
    pub key: Vec<String>,
    /// What a later delivery does to an earlier one. Default `append`.
    #[serde(default)]
    pub disposition: Disposition,
    /// The column that says which period a row speaks for. Required by `replace_period`.
    #[serde(default)]
    pub period: Option<String>,
    /// Further columns that say, with `period`, which return a row belongs to: `["term"]`. A later delivery replaces an
    /// earlier one only where all of them are equal.
    #[serde(default)]
    pub period_with: Vec<String>,
    /// Name under schema `mart` as which this table is shown column for column. Only without personal columns.
    #[serde(default)]
    pub mart: Option<String>,
    /// Rows that are conformed and kept in the lake and not put into the mart: a column of texts or codes, and the values that are left
    /// out, such as `geographic_level = ["Parliamentary constituency"]`. For levels of long files that nobody compares with.
    #[serde(default)]
    pub mart_without: BTreeMap<String, Vec<String>>,
    /// Whether rows that a later delivery has replaced are in the mart too, told apart by `_superseded`: of publications, whose releases
    /// are compared. With `false`, whoever counts the rows of the mart counts each thing once. Default `true`.
    #[serde(default)]
    pub mart_superseded: Option<bool>,
    /// The column that says who supplied a row, such as the school: `sendmart faults export` writes one workbook for each.
    #[serde(default)]
    pub supplier: Option<String>,
    /// Marks of missing values in this publication: `x = "unavailable"`. Apply to number, date and code columns.
    #[serde(default)]
    pub marks: BTreeMap<String, Reason>,
    /// How this publication rounds the shares and rates that it prints beside its counts: `decimal_half_up(1)`,
    /// `f64_floor_half(1)`, `half_even(1)`, `none(5)`, `cut(11)`, `significant(6)`, `scaled(15)`, `figures(10)` or `unrounded`; or two of them, `none(5) or figures(10)`, where
    /// totals and parts are printed in two ways: a row is rounded in the one that gives its figure. A layout may say otherwise for a
    /// release.
    #[serde(default)]
    pub rounding: Option<String>,
    /// Printed rates that no KPI speaks of, by their column: of which counts of the same table each is made, or why that cannot be said.
    /// `sendmart kpi reconcile` compares them.
    #[serde(default)]
    pub rates: IndexMap<String, RateToml>,
    /// The privacy class of every column that does not say its own. Left out, each column has to say it.
    #[serde(default)]
    pub class: Option<PrivacyClass>,
    /// The columns, in their order.
    pub columns: IndexMap<String, ColumnToml>,
    /// Rules over the typed columns.
    #[serde(default)]
    pub rules: Vec<RuleToml>,
}

/// What a later delivery does to the rows of an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// Both stand.
    #[default]
    Append,
    /// It supersedes every earlier row of the periods that it speaks for.
    ReplacePeriod,
    /// It supersedes every earlier row.
    ReplaceAll,
}

/// One column of a contract.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnToml {
    /// `text`, `integer`, `decimal(9,2)`, `date`, `boolean`, `code`, `period`, or an identifier: `upn`, `uln`, `nhs_number`,
    /// `urn`, `laestab`, `ukprn`, `postcode`, `gss_code`, `la_code`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it holds, with unit: becomes the column's comment in DuckDB.
    pub about: String,
    /// A blank here quarantines the row. Default false.
    #[serde(default)]
    pub required: bool,
    /// Privacy class. Default: that of the table.
    #[serde(default)]
    pub class: Option<PrivacyClass>,
    /// What the lake and the warehouse keep of it. Default, and at most: what its class and type allow.
    #[serde(default)]
    pub keep: Option<Keep>,
    /// For a pseudonym: what it names. Columns of one word can be compared with each other. Default: the type for `upn`, `uln`, `nhs_number`, otherwise the collection.
    #[serde(default)]
    pub pseudonym_of: Option<String>,
    /// For `code`: the list, `config/codes/<name>.csv`. For `upn`, `laestab` and `la_code`: the list of authorities; one that
    /// is not in it is a query.
    #[serde(default)]
    pub codes: Option<String>,
    /// For codes and identifiers: `error` (the default) quarantines the row of an invalid one, `query` loads the row with
    /// the text as it stands and lists the cell.
    #[serde(default)]
    pub invalid: Invalid,
    /// Marks for this column alone; they replace those of the table.
    #[serde(default)]
    pub marks: Option<BTreeMap<String, Reason>>,
}

/// What an invalid code or identifier does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Invalid {
    /// It quarantines the row.
    #[default]
    Error,
    /// The row is loaded with the text as it stands, and the cell is listed.
    Query,
}

/// How personal a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrivacyClass {
    /// Not about who a person is: the value is kept.
    #[default]
    None,
    /// Says who a person is, not by itself: of a date the month is kept, of a postcode the district, of a text nothing.
    Personal,
    /// Names a person: UPN, ULN, the id of a record about a person. A keyed pseudonym is kept.
    Identifier,
    /// UK GDPR article 9, such as health or ethnicity: the value is kept, and shown only beside pseudonyms or as counts.
    SpecialCategory,
}

impl PrivacyClass {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::None, Self::Personal, Self::Identifier, Self::SpecialCategory];

    /// The word of a contract.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Personal => "personal",
            Self::Identifier => "identifier",
            Self::SpecialCategory => "special_category",
        }
    }
}

/// What the lake and the warehouse keep of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// The value.
    Value,
    /// A pseudonym under the place's key.
    Pseudonym,
    /// Of a date: the first day of its month.
    Month,
    /// Of a postcode: the part before the space.
    District,
    /// Nothing: the column is checked and then left in the landed file.
    Nothing,
}

impl Keep {
    /// The word of a contract.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Pseudonym => "pseudonym",
            Self::Month => "month",
            Self::District => "district",
            Self::Nothing => "nothing",
        }
    }
}

/// A rule: a SQL boolean expression over the columns of the table. A row for which it is false fails; NULL passes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleToml {
    /// Stable id, `EHC-001`.
    pub id: String,
    /// `error` quarantines the row, `query` and `info` load and list it.
    pub severity: Severity,
    /// The columns whose cells are listed as at fault.
    pub columns: Vec<String>,
    /// The SQL expression.
    pub check: String,
    /// What is wrong, for the supplier.
    pub message: String,
    /// How to mend it.
    pub hint: String,
    /// Where the rule comes from.
    #[serde(default)]
    pub source: Option<String>,
}

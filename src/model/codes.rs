//! The catalogue of what the program itself finds wrong in files: each code with how much it matters, in a sentence, and what to do.
//!
//! `meta.rule` lists it beside the rules of tables. What a fault says of its own cell (which code, how many fields) is more; what it
//! means stands here. A test holds the catalogue against the codes that the sources of the program name.

use super::{IdentifierKind, Severity};

/// One code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleCode {
    /// Such as `cell::not_a_date`.
    pub id: &'static str,
    /// How much it matters. Where the contract says `invalid = "query"` of a column, a `cell::…` that is an error is a query; what a layout
    /// leaves out knowingly (`sheet::hidden_…`) is for information.
    pub severity: Severity,
    /// What is wrong.
    pub about: &'static str,
    /// What to do about it.
    pub hint: &'static str,
}

impl RuleCode {
    /// How much a fault of this code matters, by the catalogue. Codes of identifiers are errors.
    ///
    /// ```
    /// use sendmart::model::{Severity, codes::RuleCode};
    /// assert_eq!(RuleCode::severity_of("header::unknown_label"), Severity::Query);
    /// assert_eq!(RuleCode::severity_of("upn::check_letter"), Severity::Error);
    /// ```
    #[must_use]
    pub fn severity_of(id: &str) -> Severity {
        CODES.iter().find(|code| code.id == id).map_or(Severity::Error, |code| code.severity)
    }
}

use Severity::{Error, Info, Query};

const fn code(id: &'static str, severity: Severity, about: &'static str, hint: &'static str) -> RuleCode {
    RuleCode { id, severity, about, hint }
}

const AGAIN: &str = "Open the workbook in Excel and save it again; the program that wrote it is at fault.";

/// Every code but those of identifiers.
pub const CODES: [RuleCode; 56] = [
    code("cell::required", Error, "A cell that has to hold a value is blank.", "Fill the cell."),
    code(
        "cell::not_an_integer",
        Error,
        "A cell is not a whole number.",
        "Write digits only, or declare a mark of a missing value in `marks`; where decimals are right, give the column a type such as `decimal(12,2)`.",
    ),
    code(
        "cell::not_a_decimal",
        Error,
        "A cell is not a number.",
        "Write digits and a point, or declare a mark of a missing value in `marks`.",
    ),
    code(
        "cell::too_many_decimals",
        Error,
        "A number has more decimals than its column.",
        "Round it as the guidance says, widen the type, or say `round` at the column in the layout.",
    ),
    code(
        "cell::too_many_digits",
        Error,
        "A number has more digits than its column.",
        "Check the number, or widen the type of the column.",
    ),
    code(
        "cell::not_a_date",
        Error,
        "A cell is not a date in a declared form.",
        "Write it in one of the forms that the fault names, or declare its form in the layout.",
    ),
    code(
        "cell::time_in_date",
        Query,
        "A date has a time beside it: the day is taken, and the time left. At 23:00 the day is likely the next: midnight of British summer time, written as UTC.",
        "Export days without times, or in local time.",
    ),
    code(
        "cell::impossible_serial",
        Error,
        "A date does not exist, or is beyond Excel's range.",
        "Type the date again.",
    ),
    code(
        "cell::not_a_boolean",
        Error,
        "A cell is neither yes nor no.",
        "Write `Yes` or `No`, `1` or `0`, `True` or `False`.",
    ),
    code(
        "cell::unknown_code",
        Error,
        "A code is not in the list of its column.",
        "Write one of the codes that the fault names; a new code goes into `config/codes/<list>.csv`.",
    ),
    code(
        "cell::not_a_period",
        Error,
        "A cell is no year, term or month as its column wants it.",
        "Write it as the other rows do.",
    ),
    code("cell::formula_error", Error, "A formula ended in an error.", "Mend the formula, or type the value."),
    code(
        "cell::formula_without_value",
        Error,
        "A cell holds a formula, and the file does not hold its value.",
        "Open the file in Excel and save it.",
    ),
    code("cell::unreadable_boolean", Error, "The workbook says that a cell is yes or no, and it holds neither.", AGAIN),
    code(
        "cell::unreadable_number",
        Error,
        "The workbook says that a cell is a number, and it does not hold one.",
        AGAIN,
    ),
    code("cell::unreadable_day", Error, "The workbook says that a cell is a date, and there is no such day.", AGAIN),
    code("cell::missing_text", Error, "A cell's text is not in the workbook's table of texts.", AGAIN),
    code("cell::bad_character", Error, "A cell holds a character that a workbook cannot hold.", AGAIN),
    code("cell::unknown_type", Error, "Unknown cell type.", AGAIN),
    code("cell::long_text", Error, "A cell has more than 32,767 characters, the most that Excel has.", AGAIN),
    code("cell::nested", Error, "A value is an object or a list, where one value is to stand.", "Write one value."),
    code(
        "cell::date_instead",
        Error,
        "A cell holds a date where another type belongs: Excel makes dates of codes such as 1-5.",
        "Format the cell as text and type it again.",
    ),
    code(
        "cell::hidden_character",
        Query,
        "A cell holds an invisible character.",
        "Delete the cell's text and type it anew.",
    ),
    code(
        "cell::percent_instead",
        Error,
        "A cell is shown as a percentage, and the layout does not say that the column is one.",
        "Write `percent = \"points\"` or `\"fraction\"` at the column in the layout.",
    ),
    code(
        "cell::duration_instead",
        Error,
        "A cell is shown as a length of time, and the layout does not say that the column is one.",
        "Write `duration = \"hours\"` (or minutes, days) at the column in the layout.",
    ),
    code(
        "cell::repaired",
        Info,
        "A known damage of a cell was repaired, as `repair` of the layout says.",
        "Tell the supplier, so that the file is mended.",
    ),
    code(
        "column::rounded",
        Info,
        "Cells of a column were rounded, as `round` of the layout says.",
        "For information: the landed file has all decimals.",
    ),
    code(
        "row::too_short",
        Error,
        "A row has fewer fields than the header.",
        "Ask for the file again, or say `short_rows = \"blank\"` in the layout where blank fields are left off.",
    ),
    code(
        "row::too_long",
        Error,
        "A row has more fields than the header.",
        "Quote a delimiter that stands inside a field, or label the column.",
    ),
    code(
        "row::undecodable",
        Error,
        "A byte is not valid in the declared encoding.",
        "Save the file in that encoding, or declare another in the layout.",
    ),
    code("row::nul", Error, "A byte of the file is NUL.", "The file is damaged, or is not text: ask for it again."),
    code(
        "row::text_after_quote",
        Query,
        "A field has text after its closing quote.",
        "Double the quotes inside a quoted field.",
    ),
    code(
        "row::unterminated_quote",
        Error,
        "The file ends inside a quoted field.",
        "It is cut short, or a quote is not closed: ask for it again.",
    ),
    code(
        "row::swallowed",
        Error,
        "A quote joins lines that look like records of their own into one cell.",
        "Find the quote without a partner and take it out, or double it.",
    ),
    code(
        "row::lines_within",
        Query,
        "A quoted field joins lines, each of which has as many fields as a record.",
        "Look whether a quote has no partner.",
    ),
    code(
        "row::long_field",
        Error,
        "A field is longer than 64 KB.",
        "A quote before it may not be closed, or the file is damaged.",
    ),
    code(
        "row::long",
        Error,
        "A row is longer than 1 MB.",
        "Line ends may be missing, or the file is damaged: ask for it again.",
    ),
    code("row::cell_twice", Error, "The workbook holds a cell twice.", AGAIN),
    code("row::cell_of_other_row", Error, "A cell of a row says that it is in another row.", AGAIN),
    code("row::cell_reference", Error, "A cell says that it is one that no sheet has.", AGAIN),
    code("row::number", Error, "A row has a number that no sheet has.", AGAIN),
    code("row::twice", Error, "The workbook holds a row of this number twice; this is the second.", AGAIN),
    code("row::out_of_order", Error, "The workbook holds a row after rows of higher numbers.", AGAIN),
    code(
        "row::fields_left_off",
        Info,
        "Rows have fewer fields than the header, and the missing ones are blank, as `short_rows` of the layout says.",
        "Rows that are cut short would look the same.",
    ),
    code(
        "row::duplicate_key",
        Error,
        "The key of a row is that of another row of the file, and the rows differ.",
        "Keep the right one of these rows.",
    ),
    code(
        "file::no_final_newline",
        Query,
        "The last line has no line end: the file may be cut short.",
        "Compare the number of rows with what the supplier says.",
    ),
    code(
        "header::duplicate",
        Query,
        "A label stands in the header more than once.",
        "Ask the supplier to rename one; `occurrence` in the layout says which is which.",
    ),
    code(
        "header::unknown_label",
        Query,
        "A column is not in the contract; its cells are not loaded.",
        "Add the column to the table, or its label to `ignore` of the layout.",
    ),
    code(
        "sheet::hidden_rows",
        Query,
        "Rows of the table are hidden on their sheet, and are read as the others.",
        "Show them, or delete those that do not belong there; `hidden.rows` of the layout says what becomes of them.",
    ),
    code(
        "sheet::hidden_columns",
        Query,
        "Columns of the table are hidden on their sheet.",
        "Show them; `hidden.columns` of the layout says what becomes of them.",
    ),
    code(
        "sheet::hidden_sheet",
        Query,
        "The sheet is hidden.",
        "Show it, or take it out; `hidden.sheets` of the layout says what becomes of it.",
    ),
    code(
        "sheet::merged_cells",
        Query,
        "Cells of the table are merged: the first holds their value, and the others are empty.",
        "Unmerge and fill them, or say `rows.merged` in the layout.",
    ),
    code(
        "sheet::left",
        Info,
        "A sheet is left on purpose.",
        "For information; `format.workbook.leave` of the layout says so.",
    ),
    code(
        "sheet::not_read",
        Query,
        "A sheet with filled rows is read by no layout.",
        "Write a layout for it, or name it in `format.workbook.leave`.",
    ),
    code(
        "key::repeated",
        Query,
        "A key stands more than once among rows that count, over several deliveries.",
        "Compare the files that the fault names: one may have come twice, or the table's disposition may be wrong.",
    ),
    code(
        "release::left_standing",
        Query,
        "A newer release of a period lacks groups of an older one, of which the older rows stand.",
        "Where a group has another name now, `map` the old name in the layouts, or withdraw the older file; where it is published no more, nothing is to be done.",
    ),
];

/// What can be wrong with an identifier, after its kind: `upn::check_letter`.
const FLAWS: [(&str, &str, &str); 6] = [
    ("length", "has not the number of characters that it has to have", "Copy it again from its source."),
    ("character", "has a character where another kind belongs", "Copy it again from its source."),
    (
        "check_letter",
        "has a check letter that does not fit its digits: one of them is wrong",
        "Look the number up; a digit is mistyped.",
    ),
    (
        "check_digit",
        "has a check digit that does not fit the others: one of them is wrong",
        "Look the number up; a digit is mistyped.",
    ),
    (
        "power_of_ten",
        "is a power of ten: a spreadsheet has thrown away its last digits",
        "Ask for the file with this column as text.",
    ),
    ("unknown_authority", "names an unknown authority", "Look the number up."),
];

/// The codes of identifiers: id, what is wrong, what to do.
pub fn of_identifiers() -> impl Iterator<Item = (String, String, &'static str)> {
    IdentifierKind::ALL.into_iter().flat_map(|kind| {
        FLAWS.iter().map(move |(flaw, about, hint)| {
            (
                format!("{}::{flaw}", kind.word()),
                format!("The cell is to hold {}, and it {about}.", kind.title()),
                *hint,
            )
        })
    })
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    pub(in crate::model) fn sources(folder: &Path, found: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }

    /// Each code that the sources name is in the catalogue, and the other way round.
    #[test]
    fn the_catalogue_has_every_code_that_is_given() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut text = String::new();
        for room in ["conform", "run", "warehouse"] {
            sources(&root.join(room), &mut text);
        }
        let literal = regex::Regex::new(r#""((?:cell|column|row|file|header|key|release|sheet)::[a-z_]+)""#).unwrap();
        let given: BTreeSet<&str> =
            literal.captures_iter(&text).filter_map(|found| Some(found.get(1)?.as_str())).collect();
        let listed: BTreeSet<&str> = CODES.iter().map(|code| code.id).collect();
        assert_eq!(given, listed);
        assert_eq!(listed.len(), CODES.len(), "none stands twice");
    }

    #[test]
    fn identifiers_have_a_sentence_each() {
        let all: Vec<_> = of_identifiers().collect();
        assert!(all.iter().any(|(id, about, _)| id == "upn::check_letter" && about.contains("check letter")));
        assert_eq!(all.len(), IdentifierKind::ALL.len() * FLAWS.len());
    }
}

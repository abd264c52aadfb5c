//! Code lists: `config/codes/<name>.csv` with the columns `code,label,valid_from,valid_to`, and of kinds of period `years`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;
use jiff::civil::Date;

use super::problem::Problem;
use super::text::line_at;

const COLUMNS: [&str; 4] = ["code", "label", "valid_from", "valid_to"];
/// The last column of a list of kinds of period.
const YEARS: &str = "years";

/// A code list with its validity: `config/codes/<name>.csv` with columns `code,label,valid_from,valid_to`, and `years` where codes are
/// kinds of period.
#[derive(Debug, Clone)]
pub struct CodeList {
    /// Its name.
    pub name: String,
    /// Codes in the order of the file.
    pub codes: IndexMap<String, Code>,
}

/// One code.
#[derive(Debug, Clone)]
pub struct Code {
    /// What it means.
    pub label: String,
    /// First day on which it may be used.
    pub valid_from: Option<Date>,
    /// Last day on which it may be used.
    pub valid_to: Option<Date>,
    /// Of a kind of period: how many calendar years its name has, 2 of `2024/25` and 1 of `2025`.
    pub years: Option<u8>,
}

/// Reads every code list of a folder; a missing folder holds none.
pub(super) fn load(
    files: &BTreeMap<String, (std::path::PathBuf, String)>,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, Arc<CodeList>> {
    files.iter().map(|(name, (path, text))| (name.clone(), Arc::new(list(name, path, text, problems)))).collect()
}

fn list(name: &str, path: &Path, text: &str, problems: &mut Vec<Problem>) -> CodeList {
    let mut codes = IndexMap::new();
    let mut problem = |line: usize, message: String, hint: String| {
        problems.push(Problem { path: path.to_path_buf(), line, column: 1, code: "spec::code_list", message, hint });
    };
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let header = reader.headers().cloned().unwrap_or_default();
    let found: Vec<&str> = header.iter().collect();
    let has_years = found.len() > COLUMNS.len() && found.last() == Some(&YEARS);
    if found[..found.len() - usize::from(has_years)] != COLUMNS {
        let hint = format!("write that header line; a list of kinds of period may have `{YEARS}` at its end");
        problem(1, format!("a code list has the header `{}`", COLUMNS.join(",")), hint);
        return CodeList { name: name.to_owned(), codes };
    }
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = line_at(error.position());
                problem(
                    line,
                    "a line has another number of fields than the header".to_owned(),
                    format!("{} fields, in quotes where they hold a comma", found.len()),
                );
                continue;
            }
        };
        let line = line_at(record.position());
        let mut day = |field: usize| -> Option<Date> {
            let text = record.get(field).unwrap_or("").trim();
            if text.is_empty() {
                return None;
            }
            let parsed = text.parse::<Date>().ok();
            if parsed.is_none() {
                problem(
                    line,
                    format!("`{}` is `{text}`, which is not a date", COLUMNS[field]),
                    "write dates as 2025-09-01, or leave blank".to_owned(),
                );
            }
            parsed
        };
        let (valid_from, valid_to) = (day(2), day(3));
        let years = match record.get(4).map(str::trim).filter(|text| !text.is_empty()) {
            None => None,
            Some("1") => Some(1),
            Some("2") => Some(2),
            Some(other) => {
                let hint =
                    "write 2 where a period is named by two years (`2024/25`), 1 by one (`2025`), or leave blank";
                problem(line, format!("`{YEARS}` is `{other}`"), hint.to_owned());
                None
            }
        };
        let code = record.get(0).unwrap_or("").to_owned();
        let label = record.get(1).unwrap_or("").to_owned();
        if codes.insert(code.clone(), Code { label, valid_from, valid_to, years }).is_some() {
            problem(line, format!("code `{code}` stands twice"), "keep one of the two lines".to_owned());
        }
    }
    CodeList { name: name.to_owned(), codes }
}

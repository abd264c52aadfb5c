//! The parts of a layout that say where a value stands when it is not in a row under a label: columns turned into rows,
//! values that stand once on a sheet, columns by letter, cells that count only in some rows.

use indexmap::IndexMap;
use regex::Regex;

use super::compile_layout::Compiler;
use super::patterns::{Patterns, globs};
use super::problem::{Problem, hint_for};
use super::wire::{ArrivalToml, FieldWhere, Hidden, HiddenToml, Merged};
use super::{Field, Kind, NamedCells, Unpivot};

/// Columns of an Excel sheet.
const MOST_COLUMNS: u32 = 16_384;

impl Compiler<'_> {
    /// Tells a column that the table does not have.
    pub(super) fn known(&self, found: &str, keys: &[&str], problems: &mut Vec<Problem>) {
        if !self.table.columns.contains_key(found) {
            problems.push(self.document.problem(
                keys,
                "spec::unknown_column",
                format!("table `{}` has no column `{found}`", self.table.name),
                hint_for(found, self.table.columns.keys().map(String::as_str)),
            ));
        }
    }

    /// The column in which banners stand, 0-based.
    pub(super) fn banner_at(&self, problems: &mut Vec<Problem>) -> u32 {
        let Some(letters) = &self.wire.rows.banner_at else { return 0 };
        let at = ["rows", "banner_at"];
        if self.wire.rows.banner.is_none() {
            problems.push(self.document.problem(
                &at,
                "spec::banner_at",
                "nothing receives the banners".to_owned(),
                "name the column in `rows.banner`, or drop `banner_at`".to_owned(),
            ));
        }
        column_of(letters).unwrap_or_else(|| {
            problems.push(self.not_a_column(letters, &at));
            0
        })
    }

    fn not_a_column(&self, letters: &str, at: &[&str]) -> Problem {
        self.document.problem(
            at,
            "spec::not_a_column",
            format!("`{letters}` is not a column of a sheet"),
            "write its letters: `A`, `AB`, at most `XFD`".to_owned(),
        )
    }

    /// Sheets that are left on purpose, and why.
    pub(super) fn leave(&self, problems: &mut Vec<Problem>) -> Vec<(Patterns, String)> {
        let Some(workbook) = &self.wire.format.workbook else { return Vec::new() };
        let mut left = Vec::new();
        for (sheets, why) in &workbook.leave {
            let at = ["format", "workbook", "leave", sheets.as_str()];
            if why.trim().is_empty() {
                problems.push(self.document.problem(
                    &at,
                    "spec::no_reason",
                    format!("nobody says why the sheet `{sheets}` is left"),
                    "write in a few words what stands there, and where the same is read".to_owned(),
                ));
            }
            let globs = globs(std::slice::from_ref(sheets), &at, self.document, problems);
            left.extend(globs.map(|globs| (globs, why.clone())));
        }
        left
    }

    pub(super) fn hidden(&self, problems: &mut Vec<Problem>) -> HiddenToml {
        let hidden = self.wire.hidden;
        for (key, policy) in [("rows", hidden.rows), ("columns", hidden.columns), ("sheets", hidden.sheets)] {
            if policy != Hidden::Tell && self.wire.format.workbook.is_none() {
                problems.push(self.document.problem(
                    &["hidden", key],
                    "spec::hidden_without_sheet",
                    format!("only a workbook hides {key}"),
                    "drop it; rows that are no records are told by `rows.skip`".to_owned(),
                ));
            }
        }
        hidden
    }

    pub(super) fn merged(&self, problems: &mut Vec<Problem>) -> Option<Merged> {
        let merged = self.wire.rows.merged;
        if merged.is_some() && self.wire.format.workbook.is_none() {
            problems.push(self.document.problem(
                &["rows", "merged"],
                "spec::merged_without_sheet",
                "only a workbook merges cells".to_owned(),
                "drop `merged`; `rows.banner` carries a text down to the rows below it".to_owned(),
            ));
        }
        merged
    }

    /// The only cells that are read, by name.
    pub(super) fn named(&self, problems: &mut Vec<Problem>) -> Option<NamedCells> {
        let workbook = self.wire.format.workbook.as_ref()?;
        let (key, named) = match (&workbook.table, &workbook.range) {
            (None, None) => return None,
            (Some(table), None) => ("table", NamedCells::Table(table.clone())),
            (None, Some(range)) => ("range", NamedCells::Range(range.clone())),
            (Some(_), Some(_)) => {
                problems.push(self.document.problem(
                    &["format", "workbook", "range"],
                    "spec::two_places",
                    "cells are named by one of `table` and `range`".to_owned(),
                    "keep `table` for an Excel table, `range` for a defined name".to_owned(),
                ));
                return None;
            }
        };
        for (other, keys, is_there) in [
            ("header.title", ["header", "title"], self.wire.header.title.is_some()),
            ("header.within", ["header", "within"], self.wire.header.within.is_some()),
        ] {
            if is_there {
                problems.push(self.document.problem(
                    &keys,
                    "spec::two_places",
                    format!("`format.workbook.{key}` says where the header is, and so does `{other}`"),
                    format!("drop `{other}`: the first row of the named cells is the header"),
                ));
            }
        }
        Some(named)
    }

    pub(super) fn unpivot(&self, problems: &mut Vec<Problem>) -> Option<Unpivot> {
        let wire = self.wire.unpivot.as_ref()?;
        let keys: Vec<(String, String)> = match (&wire.key, wire.keys.as_slice()) {
            (Some(key), []) => {
                self.known(key, &["unpivot", "key"], problems);
                vec![(key.clone(), "key".to_owned())]
            }
            (None, [_, ..]) => {
                for (index, key) in wire.keys.iter().enumerate() {
                    self.known(key, &["unpivot", "keys", &index.to_string()], problems);
                }
                wire.keys.iter().map(|key| (key.clone(), key.clone())).collect()
            }
            _ => {
                problems.push(self.document.problem(
                    &["unpivot"],
                    "spec::unpivot_key",
                    "columns turned into rows need one of `key` and `keys`".to_owned(),
                    r#"write `key = "period"`, or `keys = ["period", "measure"]` with a group of each name"#.to_owned(),
                ));
                return None;
            }
        };
        let mut columns = IndexMap::new();
        for (name, pattern) in &wire.columns {
            let at = ["unpivot", "columns", name.as_str()];
            self.known(name, &at, problems);
            let Some(pattern) = self.regex(pattern, true, &at, problems) else { continue };
            let groups: Vec<&str> = pattern.capture_names().flatten().collect();
            if !keys.iter().any(|(_, group)| groups.contains(&group.as_str())) {
                let wanted = keys.iter().map(|(_, group)| format!("`{group}`")).collect::<Vec<_>>().join(" or ");
                problems.push(self.document.problem(
                    &at,
                    "spec::no_group",
                    format!("the pattern has no group {wanted}"),
                    format!(r"write the part that names the record as `(?<{}>\d{{4}})`", keys[0].1),
                ));
                continue;
            }
            columns.insert(name.clone(), pattern);
        }
        for (index, (key, group)) in keys.iter().enumerate() {
            let read = |pattern: &Regex| pattern.capture_names().flatten().any(|name| name == group);
            if !columns.is_empty() && !columns.values().any(read) {
                problems.push(self.document.problem(
                    &["unpivot", "keys", &index.to_string()],
                    "spec::no_group",
                    format!("no pattern of `unpivot.columns` has the group `{group}`, so `{key}` would be blank"),
                    format!(r"write the part that it is as `(?<{group}>…)` in a pattern"),
                ));
            }
        }
        if let Some(first) = wire.century.filter(|first| !(1800..=2100).contains(first)) {
            problems.push(self.document.problem(
                &["unpivot", "century"],
                "spec::no_century",
                format!("`{first}` is not the first year of a hundred that people in these tables lived in"),
                "write a year from 1800 to 2100".to_owned(),
            ));
        }
        Some(Unpivot { keys, columns, century: wire.century })
    }

    pub(super) fn fields(&self, problems: &mut Vec<Problem>) -> IndexMap<String, Field> {
        let mut fields = IndexMap::new();
        for (name, wire) in &self.wire.fields {
            self.known(name, &["fields", name], problems);
            if self.wire.absent.contains(name) {
                problems.push(self.document.problem(
                    &["fields", name],
                    "spec::absent_and_present",
                    format!("column `{name}` is both absent and a field of the sheet"),
                    "keep one of the two".to_owned(),
                ));
            }
            if self.wire.format.workbook.is_none() {
                problems.push(self.document.problem(
                    &["fields", name],
                    "spec::field_without_sheet",
                    "only a workbook has cells beside and below a label".to_owned(),
                    "take the value from `file_name`, or give a `constant`".to_owned(),
                ));
            }
            let Some(label) = self.regex(&wire.label, true, &["fields", name, "label"], problems) else { continue };
            if wire.r#where == FieldWhere::Same && label.captures_len() < 2 {
                problems.push(self.document.problem(
                    &["fields", name, "label"],
                    "spec::no_group",
                    "the value stands in the label's own cell, and the pattern has no group".to_owned(),
                    r"put the part that is the value in brackets: `Year: (\d{4}/\d{2})`".to_owned(),
                ));
            }
            let within = wire.within.unwrap_or(40).max(1);
            fields.insert(name.clone(), Field { label, place: wire.r#where, within });
        }
        fields
    }

    /// Columns by letter, 0-based.
    pub(super) fn places(&self, name: &str, wire: &ArrivalToml, problems: &mut Vec<Problem>) -> Vec<u32> {
        let mut places = Vec::new();
        for (index, letters) in wire.at.iter().enumerate() {
            match column_of(letters) {
                Some(column) => places.push(column),
                None => problems.push(self.not_a_column(letters, &["columns", name, "at", &index.to_string()])),
            }
        }
        if !places.is_empty() && (!wire.from.is_empty() || wire.from_pattern.is_some()) {
            problems.push(self.document.problem(
                &["columns", name, "at"],
                "spec::two_places",
                format!("column `{name}` has both a label and a place"),
                "keep `from`, which finds the column wherever it stands; `at` is for cells without a label".to_owned(),
            ));
        }
        places
    }

    pub(super) fn conditions(
        &self,
        name: &str,
        wire: &ArrivalToml,
        problems: &mut Vec<Problem>,
    ) -> Vec<(String, Regex)> {
        let mut conditions = Vec::new();
        for (other, pattern) in &wire.when {
            let at = ["columns", name, "when", other.as_str()];
            self.known(other, &at, problems);
            conditions.extend(self.regex(pattern, true, &at, problems).map(|pattern| (other.clone(), pattern)));
        }
        conditions
    }

    /// What the first record has to read, in columns that stand under a label of their own.
    pub(super) fn when(&self, problems: &mut Vec<Problem>) -> Vec<(String, Regex)> {
        let mut when = Vec::new();
        for (name, pattern) in &self.wire.when {
            let at = ["when", name.as_str()];
            self.known(name, &at, problems);
            let given = self.wire.columns.get(name).is_some_and(|wire| {
                wire.constant.is_some() || wire.file_name.is_some() || wire.sheet_name.is_some() || !wire.at.is_empty()
            });
            if given || self.wire.absent.contains(name) {
                problems.push(self.document.problem(
                    &at,
                    "spec::when_without_label",
                    format!("column `{name}` has no label here, and the first record no cell of it"),
                    "name a column that is read from under a label".to_owned(),
                ));
            }
            when.extend(self.regex(pattern, true, &at, problems).map(|pattern| (name.clone(), pattern)));
        }
        when
    }

    /// What is said of numbers and days has to fit the column's type and forms.
    pub(super) fn numbers_and_days(&self, name: &str, wire: &ArrivalToml, problems: &mut Vec<Problem>) {
        let kind = self.table.columns.get(name).map(|column| column.kind);
        let mut tell = |key: &str, code: &'static str, message: String, hint: &str| {
            problems.push(self.document.problem(&["columns", name, key], code, message, hint.to_owned()));
        };
        if wire.percent.is_some() && kind.is_some_and(|kind| !matches!(kind, Kind::Decimal { .. })) {
            tell(
                "percent",
                "spec::percent",
                format!("column `{name}` is a percentage here and no decimal in the contract"),
                "give it the type `decimal(7,2)` in the contract, or drop `percent`",
            );
        }
        if wire.duration.is_some() && kind.is_some_and(|kind| !matches!(kind, Kind::Decimal { .. } | Kind::Integer)) {
            tell(
                "duration",
                "spec::duration",
                format!("column `{name}` is a length of time here and no number in the contract"),
                "give it the type `decimal(9,2)` in the contract, or drop `duration`",
            );
        }
        if wire.brackets && kind.is_some_and(|kind| !matches!(kind, Kind::Decimal { .. } | Kind::Integer)) {
            tell("brackets", "spec::brackets", format!("column `{name}` is no number"), "drop `brackets`");
        }
        let short = wire.formats.iter().any(|form| form.contains("%y"));
        match wire.century {
            None if short => tell(
                "formats",
                "spec::no_century",
                format!("column `{name}` has years of two digits, and nobody says of which hundred years"),
                "add `century = 1950` for years from 1950 to 2049",
            ),
            Some(_) if !short => tell(
                "century",
                "spec::no_century",
                format!("column `{name}` has a `century` and no form with a year of two digits"),
                "write the form with `%y`, or drop `century`",
            ),
            Some(first) if !(1800..=2100).contains(&first) => tell(
                "century",
                "spec::no_century",
                format!("`{first}` is not the first year of a hundred that people in these tables lived in"),
                "write a year from 1800 to 2100",
            ),
            _ => {}
        }
    }
}

/// The number, from 0, of a column by its letters.
fn column_of(letters: &str) -> Option<u32> {
    let mut number: u32 = 0;
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    for letter in letters.bytes() {
        let letter = letter.to_ascii_uppercase();
        if !letter.is_ascii_uppercase() {
            return None;
        }
        number = number * 26 + u32::from(letter - b'A') + 1;
    }
    (number <= MOST_COLUMNS).then(|| number - 1)
}

#[cfg(test)]
mod tests {
    use super::column_of;

    #[test]
    fn columns_are_told_by_their_letters() {
        assert_eq!(["A", "z", "AA", "XFD"].map(column_of), [Some(0), Some(25), Some(26), Some(16_383)]);
        assert_eq!(["", "XFE", "A1", "É", "AAAA"].map(column_of), [None; 5]);
    }
}

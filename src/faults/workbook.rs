//! What one supplier has to mend, before it is a workbook: which faults, grouped by rule, and which row goes to which sheet.

use std::collections::{BTreeMap, BTreeSet};

use super::original::{OriginalPart, Originals};
use crate::model::{Delivery, Zone, column_letters};

/// Rows of an Excel sheet.
const MOST_ROWS: usize = 1_048_576;
/// Columns before those of the file: its row number, and what is wrong.
pub(super) const OWN_COLUMNS: u16 = 2;
/// Columns of an Excel sheet.
pub(super) const MOST_COLUMNS: u32 = 16_384;
/// Examples shown of each rule.
pub(super) const EXAMPLES: usize = 5;
/// The column of the first of them, 0-based.
pub(super) const FIRST_EXAMPLE: u16 = 6;
/// The first sheet.
pub(super) const FIRST: &str = "Fix these first";

/// What is wrong, told once for all the cells that have it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct What {
    pub(super) severity: String,
    pub(super) rule: String,
    pub(super) column: String,
    pub(super) message: String,
    pub(super) hint: String,
}

impl What {
    /// The worst first.
    pub(super) fn rank(&self) -> u8 {
        match self.severity.as_str() {
            "error" => 0,
            "query" => 1,
            _ => 2,
        }
    }
}

/// A fault of one cell, row or file.
#[derive(Debug, Clone)]
pub(super) struct FaultFound {
    pub(super) what: usize,
    pub(super) delivery: usize,
    /// None when the whole file was refused.
    pub(super) part: Option<usize>,
    pub(super) row: Option<u32>,
    /// 1-based.
    pub(super) column: Option<u32>,
    /// What the books say about the place of a refusal.
    pub(super) said: Option<String>,
}

/// Faults of one rule and column.
pub(super) struct Group<'f> {
    pub(super) what: &'f What,
    pub(super) table: &'f str,
    pub(super) count: usize,
    pub(super) examples: Vec<&'f FaultFound>,
}

/// A sheet of rows.
pub(super) struct Page {
    pub(super) name: String,
    pub(super) part: usize,
    pub(super) rows: Vec<u32>,
}

/// Everything that goes into one workbook.
pub(super) struct SheetPlan<'f> {
    /// Who it is for: the supplier, or the file.
    pub(super) title: &'f str,
    /// What a day is where the place is.
    pub(super) zone: &'f Zone,
    pub(super) whats: &'f [What],
    pub(super) parts: &'f [OriginalPart],
    pub(super) deliveries: &'f [Delivery],
    pub(super) found: &'f [FaultFound],
    pub(super) pages: Vec<Page>,
    /// By part, the first of its pages and the rows of its header.
    starts: BTreeMap<usize, (usize, usize)>,
}

impl<'f> SheetPlan<'f> {
    /// Gives each row its sheet. `found` is in the order of the files.
    pub(super) fn new(
        title: &'f str,
        zone: &'f Zone,
        whats: &'f [What],
        parts: &'f [OriginalPart],
        deliveries: &'f [Delivery],
        found: &'f [FaultFound],
        originals: &Originals,
    ) -> Self {
        let mut rows: BTreeMap<usize, BTreeSet<u32>> = BTreeMap::new();
        for one in found {
            let Some(part) = one.part else { continue };
            let rows = rows.entry(part).or_default();
            let header = originals.header(part).unwrap_or((0, 0));
            rows.extend(one.row.filter(|row| !(header.0..=header.1).contains(row) && originals.has(part, *row)));
        }
        let mut plan =
            Self { title, zone, whats, parts, deliveries, found, pages: Vec::new(), starts: BTreeMap::new() };
        let mut taken = BTreeSet::from([FIRST.to_lowercase(), "history".to_owned()]);
        for (part, rows) in rows {
            let Some((first, last)) = originals.header(part) else { continue };
            let header = (last - first + 1) as usize;
            plan.starts.insert(part, (plan.pages.len(), header));
            let rows: Vec<u32> = rows.into_iter().collect();
            let wanted = parts[part].sheet.as_deref().unwrap_or(&parts[part].table);
            let mut chunks: Vec<Vec<u32>> = rows.chunks(MOST_ROWS - header).map(<[u32]>::to_vec).collect();
            if chunks.is_empty() {
                chunks.push(Vec::new());
            }
            for rows in chunks {
                plan.pages.push(Page { name: sheet_name(wanted, &mut taken), part, rows });
            }
        }
        plan
    }

    /// Faults by rule and column: the worst first, then the most.
    pub(super) fn groups(&self) -> Vec<Group<'f>> {
        let mut groups: BTreeMap<(u8, &str, &str, &str), Group<'f>> = BTreeMap::new();
        for one in self.found {
            let what = &self.whats[one.what];
            let table = one.part.map_or("", |part| self.parts[part].table.as_str());
            let group = groups.entry((what.rank(), &what.rule, table, &what.column)).or_insert(Group {
                what,
                table,
                count: 0,
                examples: Vec::new(),
            });
            group.count += 1;
            if group.examples.len() < EXAMPLES {
                group.examples.push(one);
            }
        }
        let mut groups: Vec<Group<'f>> = groups.into_values().collect();
        groups.sort_by_key(|group| (group.what.rank(), std::cmp::Reverse(group.count)));
        groups
    }

    /// Sheet, row and column (0-based) where the cell of a fault stands in this workbook.
    pub(super) fn place(&self, one: &FaultFound, originals: &Originals) -> Option<(&str, u32, u16)> {
        let (part, row) = (one.part?, one.row?);
        let (start, header_rows) = *self.starts.get(&part)?;
        let column = one.column.map_or(0, |column| column - 1 + u32::from(OWN_COLUMNS));
        // A column that a sheet of ours has no room for: the link leads to the row.
        let column = u16::try_from(column).ok().filter(|column| u32::from(*column) < MOST_COLUMNS).unwrap_or(1);
        let (first, last) = originals.header(part)?;
        if (first..=last).contains(&row) {
            return Some((&self.pages[start].name, row - first, column));
        }
        let pages = self.pages[start..].iter().take_while(|page| page.part == part);
        for page in pages {
            if let Ok(index) = page.rows.binary_search(&row) {
                return Some((&page.name, u32::try_from(index + header_rows).ok()?, column));
            }
        }
        None
    }

    /// The place of a fault in the supplier's own file: `Caseload!C17`.
    pub(super) fn address(&self, one: &FaultFound) -> String {
        let sheet = one.part.and_then(|part| self.parts[part].sheet.as_deref());
        let sheet = sheet.map_or_else(String::new, |sheet| format!("{sheet}!"));
        match (one.column, one.row, &one.said) {
            (Some(column), Some(row), _) => format!("{sheet}{}{row}", column_letters(column)),
            (None, Some(row), _) => format!("{sheet}row {row}"),
            (_, None, Some(said)) => format!("{} ({said})", self.deliveries[one.delivery].file_name),
            (_, None, None) => self.deliveries[one.delivery].file_name.clone(),
        }
    }
}

/// A name that Excel takes and no other sheet has.
fn sheet_name(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let clean: String = wanted
        .chars()
        .map(|letter| if "[]:*?/\\".contains(letter) || letter.is_control() { '_' } else { letter })
        .collect();
    let clean = clean.trim_matches(['\'', ' ']);
    let clean = if clean.is_empty() { "rows" } else { clean };
    for number in 1.. {
        let ending = if number == 1 { String::new() } else { format!(" ({number})") };
        let mut units = ending.encode_utf16().count();
        let kept: String = clean
            .chars()
            .take_while(|letter| {
                units += letter.len_utf16();
                units <= 31
            })
            .collect();
        let name = format!("{}{ending}", kept.trim_end_matches('\''));
        if taken.insert(name.to_lowercase()) {
            return name;
        }
    }
    "rows".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sheets_are_such_as_excel_takes() {
        let mut taken = BTreeSet::from([FIRST.to_lowercase()]);
        let mut name = |wanted: &str| sheet_name(wanted, &mut taken);
        assert_eq!(name("Sep/Oct [1]"), "Sep_Oct _1_");
        assert_eq!(name("Fix these FIRST"), "Fix these FIRST (2)");
        assert_eq!(name("'quoted'"), "quoted");
        assert_eq!(name(""), "rows");
        assert_eq!(name(&"x".repeat(40)), "x".repeat(31));
        assert_eq!(name(&"x".repeat(40)), format!("{} (2)", "x".repeat(27)));
    }
}

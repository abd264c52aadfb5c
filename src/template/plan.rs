//! Which tables get a sheet, by which layout, under which name, with which columns.

use std::collections::BTreeSet;

use super::field::TemplateField;
use super::{INSTRUCTIONS, LISTS};
use crate::definitions::{Collection, Format, Layout, Patterns};

/// A longest name of a sheet that Excel takes.
const LONGEST_NAME: usize = 31;

/// What a template will hold.
pub(super) struct TemplatePlan<'c> {
    pub(super) sheets: Vec<Sheet<'c>>,
    /// Tables without a sheet, with the reason.
    pub(super) left_out: Vec<(String, String)>,
}

/// The sheet of one table, or its sheets where it goes on over several.
pub(super) struct Sheet<'c> {
    pub(super) layout: &'c Layout,
    pub(super) names: Vec<String>,
    pub(super) fields: Vec<TemplateField<'c>>,
}

/// Decides on the sheets of a collection.
pub(super) fn plan(collection: &Collection) -> TemplatePlan<'_> {
    let mut plan = TemplatePlan { sheets: Vec::new(), left_out: Vec::new() };
    let mut taken: BTreeSet<String> = [INSTRUCTIONS, LISTS].map(str::to_lowercase).into();
    for table in collection.tables.values() {
        let mut why = "arrives in no workbook".to_owned();
        let mut layouts: Vec<&Layout> = collection
            .layouts
            .iter()
            .map(AsRef::as_ref)
            .filter(|layout| layout.table.name == table.name && matches!(layout.format, Format::Workbook { .. }))
            .collect();
        layouts.sort_by(|a, b| b.name.cmp(&a.name));
        let fitting = layouts.into_iter().find_map(|layout| match sheet(layout, &taken) {
            Ok(sheet) => Some(sheet),
            Err(reason) => {
                why = format!("has layout `{}`, {reason}", layout.name);
                None
            }
        });
        match fitting {
            Some(sheet) => {
                taken.extend(sheet.names.iter().map(|name| name.to_lowercase()));
                plan.sheets.push(sheet);
            }
            None => plan.left_out.push((table.name.clone(), why)),
        }
    }
    plan
}

fn sheet<'c>(layout: &'c Layout, taken: &BTreeSet<String>) -> Result<Sheet<'c>, String> {
    if layout.title.is_some() {
        return Err("which has several tables on one sheet".to_owned());
    }
    if layout.unpivot.is_some() {
        return Err("which turns columns into rows".to_owned());
    }
    let mut fields = Vec::new();
    for (name, arrival) in &layout.columns {
        let given = arrival.constant.is_some() || arrival.file_name.is_some() || arrival.sheet_name.is_some();
        if given || layout.banner.as_ref() == Some(name) {
            continue;
        }
        let Some(label) = arrival.from.first() else {
            return Err(format!("where column `{name}` has a pattern and no label: add a `from`"));
        };
        if arrival.occurrence.is_some() {
            return Err(format!("where the label `{label}` stands more than once"));
        }
        let levels = levels(label, layout.header_rows)
            .ok_or_else(|| format!("where the label `{label}` does not say what stands in each row of the header"))?;
        let Some(column) = layout.table.columns.get(name) else { continue };
        // Two columns of the contract may be read from one of the file.
        if fields.iter().any(|field: &TemplateField<'_>| same(&field.levels, &levels)) {
            continue;
        }
        fields.push(TemplateField { name, levels, column, arrival });
    }
    Ok(Sheet { layout, names: names(layout, taken)?, fields })
}

fn same(one: &[String], other: &[String]) -> bool {
    let key = |levels: &[String]| levels.iter().map(|level| level.to_lowercase()).collect::<Vec<_>>();
    key(one) == key(other)
}

/// What stands in each row of the header: the parts of a label, the lowest last. A label of one part over two rows stands
/// in the upper one, where no group to its left reaches it.
fn levels(label: &str, rows: u32) -> Option<Vec<String>> {
    let rows = rows as usize;
    if rows == 1 {
        return Some(vec![label.to_owned()]);
    }
    let parts: Vec<String> = label.split(" / ").map(str::to_owned).collect();
    match parts.len() {
        1 if rows == 2 => Some(vec![label.to_owned(), String::new()]),
        count if count == rows => Some(parts),
        _ => None,
    }
}

fn names(layout: &Layout, taken: &BTreeSet<String>) -> Result<Vec<String>, String> {
    let Format::Workbook { sheets, stack, .. } = &layout.format else { return Err("which is no workbook".to_owned()) };
    let Some(patterns) = sheets else { return Ok(vec![free(&layout.table.title, taken)]) };
    let mut names: Vec<String> = Vec::new();
    for pattern in patterns.texts() {
        let literal = literal(pattern);
        if fits(&literal, patterns, taken) && !names.contains(&literal) {
            names.push(literal);
        }
        if !stack && !names.is_empty() {
            break;
        }
    }
    if names.is_empty() && fits(&layout.table.name, patterns, taken) {
        names.push(layout.table.name.clone());
    }
    if names.is_empty() { Err("of whose sheets no name can be told".to_owned()) } else { Ok(names) }
}

fn fits(name: &str, patterns: &Patterns, taken: &BTreeSet<String>) -> bool {
    !name.is_empty() && name == sheet_name(name) && patterns.is_match(name) && !taken.contains(&name.to_lowercase())
}

/// The shortest plain name that a pattern is likely to match.
fn literal(pattern: &str) -> String {
    pattern.replace('*', "").replace('?', "1").trim().to_owned()
}

/// A title as the name of a sheet.
fn sheet_name(title: &str) -> String {
    let plain: String = title.chars().filter(|each| !"[]:*?/\\'".contains(*each)).collect();
    if plain.chars().count() <= LONGEST_NAME {
        return plain.trim().to_owned();
    }
    let mut cut: String = plain.chars().take(LONGEST_NAME).collect();
    if let Some(space) = cut.rfind(' ') {
        cut.truncate(space);
    }
    cut.trim().to_owned()
}

/// A name of a sheet that no other has.
fn free(title: &str, taken: &BTreeSet<String>) -> String {
    let name = sheet_name(title);
    let is_free = |name: &String| !name.is_empty() && !taken.contains(&name.to_lowercase());
    let numbered = (2..100).map(|number| {
        let room: String = name.chars().take(LONGEST_NAME - 3).collect();
        format!("{room} {number}")
    });
    std::iter::once(name.clone()).chain(numbered).find(is_free).unwrap_or(name)
}

/// The patterns of file names that every sheet's layout takes; they are all of one collection, and mostly the same.
pub(super) fn file_names(sheets: &[Sheet<'_>]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for patterns in sheets.iter().filter_map(|sheet| sheet.layout.files.as_ref()) {
        for text in patterns.texts() {
            if !names.contains(text) {
                names.push(text.clone());
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_names_that_excel_takes() {
        assert_eq!(
            sheet_name("Termly returns of schools on the Graduated Response Tool"),
            "Termly returns of schools on"
        );
        assert_eq!(sheet_name("Roll: [all]/part"), "Roll allpart");
        let taken: BTreeSet<String> = ["posts".to_owned()].into();
        assert_eq!(free("Posts", &taken), "Posts 2");
    }

    #[test]
    fn a_label_says_what_stands_in_each_row_of_the_header() {
        assert_eq!(levels("Pupil / UPN", 2), Some(vec!["Pupil".to_owned(), "UPN".to_owned()]));
        assert_eq!(levels("Notes", 2), Some(vec!["Notes".to_owned(), String::new()]));
        assert_eq!(levels("Pupil / UPN", 1), Some(vec!["Pupil / UPN".to_owned()]));
        assert_eq!(levels("Pupil / UPN", 3), None);
    }
}

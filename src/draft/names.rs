//! Labels into the names of columns and tables.

use std::collections::BTreeSet;

/// A longest name.
const LONGEST: usize = 48;

/// A label as a name: lower-case letters, digits and `_`, beginning with a letter; `otherwise` where nothing is left of it.
///
/// ```
/// use sendmart::draft::snake;
/// assert_eq!(snake("  Date of\nrequest (dd/mm/yyyy)", "x"), "date_of_request_dd_mm_yyyy");
/// assert_eq!(snake("% of pupils", "x"), "percent_of_pupils");
/// assert_eq!(snake("2013", "x"), "n_2013");
/// assert_eq!(snake("SENCo_Reason", "x"), "senco_reason_text");
/// assert_eq!(snake("…", "column_b"), "column_b");
/// ```
#[must_use]
pub fn snake(label: &str, otherwise: &str) -> String {
    let mut name = String::new();
    for each in label.replace('%', " percent ").replace('£', " pounds ").chars() {
        if each.is_ascii_alphanumeric() {
            name.push(each.to_ascii_lowercase());
        } else if !name.ends_with('_') && each != '\'' && each != '’' {
            name.push('_');
        }
    }
    let mut name = name.trim_matches('_').to_owned();
    if name.len() > LONGEST {
        let cut = name[..LONGEST].rfind('_').filter(|cut| *cut > LONGEST / 2).unwrap_or(LONGEST);
        name.truncate(cut);
    }
    if name.is_empty() {
        otherwise.clone_into(&mut name);
    }
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        name.insert_str(0, "n_");
    }
    if name.ends_with("_reason") {
        name.push_str("_text");
    }
    name
}

/// The name, or the name with the first number that makes it new.
pub(super) fn unique(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut candidate = name.to_owned();
    let mut number = 2;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{name}_{number}");
        number += 1;
    }
    candidate
}

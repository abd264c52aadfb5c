//! How header labels are compared.

/// Labels that every file of the department's statistics service has: they tell nothing of which it is.
pub(crate) const COMMON: [&str; 17] = [
    "time_period",
    "time_identifier",
    "geographic_level",
    "country_code",
    "country_name",
    "region_code",
    "region_name",
    "old_la_code",
    "new_la_code",
    "la_name",
    "pcon_code",
    "pcon_name",
    "lad_code",
    "lad_name",
    "school_urn",
    "school_laestab",
    "school_name",
];

/// A label for comparison: white space of any kind made one space, dashes made hyphens, case and outer space dropped.
///
/// ```
/// use sendmart::read::label_key;
/// assert_eq!(label_key("  Pupil:\u{a0}   Teacher\nRatio ", false), "pupil: teacher ratio");
/// assert_eq!(label_key("Start – date", false), "start - date");
/// assert_eq!(label_key("Total Appealable Decisions1,9", true), "total appealable decisions");
/// assert_eq!(label_key("review_meeting_24", false), "review_meeting_24");
/// ```
#[must_use]
pub fn label_key(label: &str, strip_footnotes: bool) -> String {
    let mut key = String::with_capacity(label.len());
    for word in label.split(|each: char| each.is_whitespace() || each == '\u{feff}' || each == '\u{200b}') {
        if word.is_empty() {
            continue;
        }
        if !key.is_empty() {
            key.push(' ');
        }
        for each in word.chars() {
            match each {
                '\u{2010}'..='\u{2015}' | '\u{2212}' => key.push('-'),
                other => key.extend(other.to_lowercase()),
            }
        }
    }
    if strip_footnotes {
        key.truncate(strip_footnote(&key).len());
    }
    key
}

/// A text with white space of any kind, line ends too, made one space, and none around it.
pub(crate) fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text without the footnote digits that are glued to its last letter: `Dorset6`, `England Total4,9`.
#[must_use]
pub(crate) fn strip_footnote(text: &str) -> &str {
    let bare = text.trim_end_matches(|each: char| each.is_ascii_digit() || each == ',');
    if bare.len() < text.len() && bare.ends_with(|last: char| last.is_alphabetic() || last == ')') {
        bare
    } else {
        text
    }
}

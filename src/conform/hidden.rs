//! Characters that nobody sees in a cell: they turn text around, have no width, or are no text at all.
//!
//! Two codes that look alike and are not the same are two children; so such a character is never passed over.

use super::cell::CellProblem;

/// The first character of a text that nobody sees. In text that is not `exact`, the two that join letters stand: Persian,
/// Tamil and pictures of families are written with them.
pub(super) fn hidden_in(text: &str, exact: bool) -> Option<CellProblem> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')) {
        return None;
    }
    let hides = |character: char| match character {
        '\t' | '\n' | '\r' | '\u{85}' => false,
        '\u{200c}' | '\u{200d}' => exact,
        other => other.is_control() || name(other).is_some(),
    };
    let (place, character) = text.chars().enumerate().find(|(_, character)| hides(*character))?;
    Some(CellProblem::HiddenCharacter(character, place + 1))
}

/// A character by its number, and by its name where it has one: `U+200B (zero-width space)`.
pub(super) fn named(character: char) -> String {
    let number = u32::from(character);
    match name(character) {
        Some(name) => format!("U+{number:04X} ({name})"),
        None => format!("U+{number:04X} (control character)"),
    }
}

fn name(character: char) -> Option<&'static str> {
    Some(match character {
        '\0' => "NUL",
        '\u{ad}' => "soft hyphen",
        '\u{61c}' => "Arabic letter mark",
        '\u{180e}' => "Mongolian vowel separator",
        '\u{200b}' => "zero-width space",
        '\u{200c}' => "zero-width non-joiner",
        '\u{200d}' => "zero-width joiner",
        '\u{200e}' => "left-to-right mark",
        '\u{200f}' => "right-to-left mark",
        '\u{202a}' => "left-to-right embedding",
        '\u{202b}' => "right-to-left embedding",
        '\u{202c}' => "end of a change of direction",
        '\u{202d}' => "left-to-right override",
        '\u{202e}' => "right-to-left override",
        '\u{2060}' => "word joiner",
        '\u{2066}' => "left-to-right isolate",
        '\u{2067}' => "right-to-left isolate",
        '\u{2068}' => "first strong isolate",
        '\u{2069}' => "end of an isolate",
        '\u{feff}' => "byte-order mark",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_told_with_its_place() {
        let told = |text: &str, exact| hidden_in(text, exact).map(|problem| problem.message());
        let wanted = "character 3 of the cell is invisible: U+200B (zero-width space)";
        assert_eq!(told("E1\u{200b}2", true).as_deref(), Some(wanted));
        assert_eq!(told("é1\u{200b}2", false).as_deref(), Some(wanted));
        let wanted = "character 2 of the cell is invisible: U+001B (control character)";
        assert_eq!(told("a\u{1b}[2J", false).as_deref(), Some(wanted));
        assert!(told("a\0b", false).is_some_and(|told| told.ends_with("U+0000 (NUL)")));
        for seen in ["", "Zoë – x", "two\r\nlines\tand a tab", "\u{a0}£5", "😀", "Siân"] {
            assert_eq!(told(seen, true), None, "{seen}");
        }
        let family = "👨\u{200d}👩\u{200d}👧";
        assert!(told(family, false).is_none() && told(family, true).is_some());
    }
}

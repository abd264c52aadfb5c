//! What is written in XML into what it says: entities, line ends, and the `_x000D_` of Excel.

use memchr::{memchr, memchr2, memmem};

/// Appends a text as XML has it to `out`; false when it holds a character or an entity that XML does not have, and then
/// that stands in `out` as it is written.
pub(super) fn append(raw: &str, is_literal: bool, out: &mut String) -> bool {
    let mut good = !raw.bytes().any(|byte| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r'));
    let mut rest = raw;
    loop {
        let special = if is_literal { memchr(b'\r', rest.as_bytes()) } else { memchr2(b'&', b'\r', rest.as_bytes()) };
        let Some(at) = special else { break };
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix('\r') {
            out.push('\n');
            rest = after.strip_prefix('\n').unwrap_or(after);
            continue;
        }
        let entity = memchr(b';', rest.as_bytes()).filter(|end| *end <= 12).map(|end| &rest[1..end]);
        match entity.and_then(|name| Some((name, character(name)?))) {
            Some((name, character)) => {
                out.push(character);
                rest = &rest[name.len() + 2..];
            }
            None => {
                good = false;
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    good
}

/// An attribute's value; entities that XML does not have are left as they stand.
pub(super) fn attribute(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    append(raw, false, &mut text);
    text
}

/// The character of an entity's name.
fn character(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
            if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return None;
            }
            char::from_u32(u32::from_str_radix(digits, radix).ok()?).filter(|character| {
                !matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
            })?
        }
    })
}

/// Puts the characters that Excel writes as `_x000D_` into what stands in `text` from `from` on.
pub(super) fn unescape(text: &mut String, from: usize) {
    if memmem::find(&text.as_bytes()[from..], b"_x").is_none() {
        return;
    }
    let written = text.split_off(from);
    let mut rest = written.as_str();
    while let Some(at) = memmem::find(rest.as_bytes(), b"_x") {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(unit) = unit(rest) else {
            text.push('_');
            rest = &rest[1..];
            continue;
        };
        let (character, length) = match char::from_u32(u32::from(unit)) {
            Some(character) => (Some(character), 7),
            None => (pair(unit, &rest[7..]), 14),
        };
        match character {
            Some(character) => {
                text.push(character);
                rest = &rest[length..];
            }
            None => {
                text.push('_');
                rest = &rest[1..];
            }
        }
    }
    text.push_str(rest);
}

/// The UTF-16 unit that a text begins with, written as `_x000D_`.
fn unit(text: &str) -> Option<u16> {
    let bytes = text.as_bytes();
    let digits = bytes.get(2..6)?;
    if !bytes.starts_with(b"_x") || bytes.get(6) != Some(&b'_') || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(text.get(2..6)?, 16).ok()
}

/// The character of two units, the second of which `rest` begins with.
fn pair(first: u16, rest: &str) -> Option<char> {
    char::decode_utf16([first, unit(rest)?]).next()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn appended(raw: &str) -> (String, bool) {
        let mut out = String::new();
        let good = append(raw, false, &mut out);
        (out, good)
    }

    #[test]
    fn entities_and_line_ends_are_those_of_xml() {
        assert_eq!(appended("a &amp; &#60;&#x41;&quot;\r\nb\rc"), ("a & <A\"\nb\nc".to_owned(), true));
        assert_eq!(appended("&bogus; & &#0; &#x1;"), ("&bogus; & &#0; &#x1;".to_owned(), false));
        assert!(!appended("a\u{1}").1);
        let mut out = String::new();
        assert!(append("&amp;", true, &mut out));
        assert_eq!(out, "&amp;");
    }

    #[test]
    fn what_excel_escapes_is_what_was_typed() {
        for (written, typed) in [
            ("a_x000D_b", "a\rb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_xD83D__xDE00_", "😀"),
            ("_xD83D_", "_xD83D_"),
            ("_x00zz_ _x_ _x000", "_x00zz_ _x_ _x000"),
            ("__x0041_", "_A"),
            ("_xé000_", "_xé000_"),
        ] {
            let mut text = written.to_owned();
            unescape(&mut text, 0);
            assert_eq!(text, typed, "{written}");
        }
    }
}

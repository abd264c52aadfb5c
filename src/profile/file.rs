//! A file for which no layout says how it is to be read: its kind by its first bytes, and the dialect of a text.
//!
//! A run never guesses: only a profile, which a person reads, does, and it says what it took.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::definitions::{Encoding, Format};
use crate::model::{Content, SNIFF_BYTES, sniff, unmarked_utf16};
use crate::read::{Containment, ReadError, Rows, xml_row_paths};

/// How much of a text is looked at for its delimiter.
const SAMPLE: usize = 1 << 16;
/// Delimiters that are tried, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];
/// Lines that have to agree before a space, which stands in any text, is taken for a delimiter.
const LINES_OF_SPACES: usize = 3;

/// What stands around the fields of a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Quote {
    /// `"`, as usual.
    #[default]
    Usual,
    /// Another character.
    Other(u8),
    /// Nothing: a quote is a character like any other.
    None,
}

/// What is said about a file instead of a layout. What is left out is guessed, and the guess told.
#[derive(Debug, Clone, Default)]
pub struct Dialect {
    /// Encoding of a text.
    pub encoding: Option<Encoding>,
    /// Delimiter of a text.
    pub delimiter: Option<u8>,
    /// What stands around fields of a text.
    pub quote: Quote,
    /// Path of the elements of XML that are rows.
    pub row: Option<Vec<String>>,
    /// Where a workbook is read.
    pub containment: Containment,
}

/// A file opened without a layout.
pub struct Looked {
    /// How it is read.
    pub format: Format,
    /// The same in words: `CSV, UTF-8, delimiter ","`.
    pub words: String,
    /// Its rows.
    pub rows: Rows,
}

/// Opens a file by what it is. `name` decides only where bytes leave it open.
///
/// # Errors
/// [`ReadError`] when nothing here reads such a file, in words for a data officer.
pub fn look(path: &Path, name: &str, dialect: &Dialect) -> Result<Looked, ReadError> {
    let mut first = Vec::with_capacity(SNIFF_BYTES);
    File::open(path)?.take(SNIFF_BYTES as u64).read_to_end(&mut first)?;
    let (format, words) = match sniff(&first, name) {
        Content::Xml => xml(path, dialect)?,
        Content::Parquet => (Format::Parquet, "Parquet".to_owned()),
        Content::Json => (Format::Jsonl, "JSON, a row for each object".to_owned()),
        content @ (Content::Zip | Content::Xlsx | Content::Ole2 | Content::FlatOds) => {
            let words = if content == Content::Zip { "workbook" } else { content.words().trim_start_matches("an ") };
            (Format::Workbook { sheets: None, stack: false, content: None }, words.to_owned())
        }
        _ => text(path, dialect)?,
    };
    let rows = Rows::open_in(path, &format, &dialect.containment)?;
    Ok(Looked { format, words, rows })
}

/// The elements that are rows: those that were named, else the outermost that repeat.
fn xml(path: &Path, dialect: &Dialect) -> Result<(Format, String), ReadError> {
    let format = |row: &[String]| Format::Xml { row: row.to_vec(), into: Vec::new() };
    if let Some(row) = &dialect.row {
        return Ok((format(row), format!("XML, a row for each `{}`", row.join("/"))));
    }
    let found = xml_row_paths(path)?;
    let Some(((row, count), others)) = found.split_first() else {
        return Err(ReadError::Content {
            code: "read::xml_rows",
            message: "the file is XML, and no element of it repeats: nothing says which are rows".to_owned(),
            hint: "name their path from the root: `--row Message/Persons/Person`".to_owned(),
            at: None,
        });
    };
    let mut words = format!("XML, a row for each of {count} `{}` (by the look of it", row.join("/"));
    if !others.is_empty() {
        let shown: Vec<String> = others.iter().take(4).map(|(path, _)| format!("`--row {}`", path.join("/"))).collect();
        words.push_str(&format!("; or {}", shown.join(", ")));
    }
    Ok((format(row), words + ")"))
}

fn text(path: &Path, dialect: &Dialect) -> Result<(Format, String), ReadError> {
    let mut sample = Vec::new();
    File::open(path)?.take(SAMPLE as u64).read_to_end(&mut sample)?;
    let encoding = match dialect.encoding {
        Some(encoding) => encoding,
        None if sample.starts_with(b"\xFF\xFE") || sample.starts_with(b"\xFE\xFF") => Encoding::Utf16,
        None if unmarked_utf16(&sample) == Some(true) => Encoding::Utf16Be,
        None if unmarked_utf16(&sample) == Some(false) => Encoding::Utf16Le,
        None if is_utf8(path)? => Encoding::Utf8,
        None => Encoding::Windows1252,
    };
    let is_unmarked = dialect.encoding.is_none() && matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be);
    // What separates fields is ASCII; the other bytes of UTF-16 only stand between.
    sample.retain(|byte| *byte != 0);
    let line_end = if sample.contains(&b'\r') && !sample.contains(&b'\n') { b'\r' } else { b'\n' };
    let quote = match dialect.quote {
        Quote::Usual => Some(b'"'),
        Quote::Other(quote) => Some(quote),
        Quote::None => None,
    };
    let delimiter = dialect.delimiter.unwrap_or_else(|| delimiter(&sample, quote, line_end));
    let shown = match delimiter {
        b'\t' => "tab".to_owned(),
        b' ' => "space".to_owned(),
        other => format!("`{}`", char::from(other)),
    };
    let name = encoding.name();
    let guessed = match (dialect.encoding, dialect.delimiter) {
        (Some(_), Some(_)) => "",
        (None, None) => " (both by the look of it)",
        (None, Some(_)) => " (encoding by the look of it)",
        (Some(_), None) => " (delimiter by the look of it)",
    };
    let quoted = match dialect.quote {
        Quote::Usual => String::new(),
        Quote::Other(quote) => format!(", quote `{}`", char::from(quote)),
        Quote::None => ", no quotes".to_owned(),
    };
    let unmarked = if is_unmarked {
        format!("; it has no byte-order mark: a layout has to say `encoding = \"{name}\"`, as `--encoding {name}` does")
    } else {
        String::new()
    };
    let format = Format::Csv { encoding, delimiter, quote, line_end };
    Ok((format, format!("text, {name}, delimiter {shown}{quoted}{guessed}{unmarked}")))
}

/// Whether all of a file is UTF-8.
fn is_utf8(path: &Path) -> Result<bool, ReadError> {
    let mut file = File::open(path)?;
    let mut window = vec![0_u8; 1 << 20];
    let mut kept = 0;
    loop {
        let read = file.read(&mut window[kept..])?;
        let end = kept + read;
        match std::str::from_utf8(&window[..end]) {
            Ok(_) => kept = 0,
            Err(error) if error.error_len().is_none() && read > 0 => {
                let from = error.valid_up_to();
                window.copy_within(from..end, 0);
                kept = end - from;
            }
            Err(_) => return Ok(false),
        }
        if read == 0 {
            return Ok(kept == 0);
        }
    }
}

/// The delimiter by which most lines have the same number of fields, more than one. A space only where no other is one, and
/// nearly all lines agree.
fn delimiter(sample: &[u8], quote: Option<u8>, line_end: u8) -> u8 {
    // How many lines agree on how many delimiters, and how many lines there are.
    let agreed = |delimiter: u8| {
        let mut counts: Vec<usize> = Vec::new();
        let (mut fields, mut quoted, mut any) = (0_usize, false, false);
        for &byte in sample {
            match byte {
                _ if Some(byte) == quote => quoted = !quoted,
                _ if byte == line_end && !quoted => {
                    if any {
                        counts.push(fields);
                    }
                    (fields, any) = (0, false);
                }
                _ if byte == delimiter && !quoted => (fields, any) = (fields + 1, true),
                b'\r' => {}
                _ => any = true,
            }
        }
        if any {
            counts.push(fields);
        }
        let mut often = std::collections::BTreeMap::<usize, usize>::new();
        for count in counts.iter().filter(|count| **count > 0) {
            *often.entry(*count).or_insert(0) += 1;
        }
        // Lines that agree, and how many fields they agree on; a lone line agrees with itself.
        let best = often.into_iter().max_by_key(|(count, lines)| lines * 1_000 + (*count).min(999));
        (best.unwrap_or((0, 0)), counts.len())
    };
    let mut best = (DELIMITERS[0], 0, 0);
    for delimiter in DELIMITERS {
        let ((count, lines), _) = agreed(delimiter);
        let score = lines * 1_000 + count.min(999);
        if score > best.1 {
            best = (delimiter, score, lines);
        }
    }
    let ((_, lines), all) = agreed(b' ');
    let is_space = lines >= LINES_OF_SPACES && lines * 20 >= all * 19 && best.2 * 2 < lines;
    if is_space { b' ' } else { best.0 }
}

#[cfg(test)]
mod tests {
    use super::delimiter;

    #[test]
    fn the_delimiter_is_the_one_that_lines_agree_on() {
        let delimiter = |sample: &[u8]| delimiter(sample, Some(b'"'), b'\n');
        assert_eq!(delimiter(b"a,b\n1,2\n"), b',');
        assert_eq!(delimiter(b"a;b;c\n1,5;2;3\n2,5;3;4\n"), b';');
        assert_eq!(delimiter(b"a\tb\n1, 2\t3\n4\t5\n"), b'\t');
        assert_eq!(delimiter(b"name|text\nx|\"a,b,c\"\n"), b'|');
        assert_eq!(delimiter(b"alone\n1\n"), b',');
        assert_eq!(delimiter(b"id name n\n1 \"A B\" 2\n2 C 3\n3 D 4\n"), b' ');
        assert_eq!(delimiter(b"a text\nof some words\nin lines\nof one\n"), b',');
        assert_eq!(delimiter(b"id,full name\n1,A B\n2,C D\n3,E F\n"), b',');
    }
}

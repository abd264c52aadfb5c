//! A file for which no layout says how it is to be read: its kind by its first bytes, and the dialect of a text.
//!
//! A run never guesses: only a profile, which a person reads, does, and it says what it took.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::model::{Content, SNIFF_BYTES, sniff};
use crate::read::{Containment, ReadError, Rows, xml_row_paths};
use crate::spec::{Encoding, Format};

/// How much of a text is looked at for its delimiter.
const SAMPLE: usize = 1 << 16;
/// Delimiters that are tried, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// What is said about a file instead of a layout. What is left out is guessed, and the guess told.
#[derive(Debug, Clone, Default)]
pub struct Dialect {
    /// Encoding of a text.
    pub encoding: Option<Encoding>,
    /// Delimiter of a text.
    pub delimiter: Option<u8>,
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
        None if is_utf8(path)? => Encoding::Utf8,
        None => Encoding::Windows1252,
    };
    // What separates fields is ASCII; the other bytes of UTF-16 only stand between.
    sample.retain(|byte| *byte != 0);
    let line_end = if sample.contains(&b'\r') && !sample.contains(&b'\n') { b'\r' } else { b'\n' };
    let delimiter = dialect.delimiter.unwrap_or_else(|| delimiter(&sample));
    let shown = if delimiter == b'\t' { "tab".to_owned() } else { format!("`{}`", char::from(delimiter)) };
    let name = encoding.name();
    let guessed = match (dialect.encoding, dialect.delimiter) {
        (Some(_), Some(_)) => "",
        (None, None) => " (both by the look of it)",
        (None, Some(_)) => " (encoding by the look of it)",
        (Some(_), None) => " (delimiter by the look of it)",
    };
    let format = Format::Csv { encoding, delimiter, quote: Some(b'"'), line_end };
    Ok((format, format!("text, {name}, delimiter {shown}{guessed}")))
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

/// The delimiter by which most lines have the same number of fields, more than one.
fn delimiter(sample: &[u8]) -> u8 {
    let score = |delimiter: u8| {
        let mut counts: Vec<usize> = Vec::new();
        let (mut fields, mut quoted, mut any) = (0_usize, false, false);
        for &byte in sample {
            match byte {
                b'"' => quoted = !quoted,
                b'\n' if !quoted => {
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
        often.into_iter().map(|(count, lines)| lines * 1_000 + count.min(999)).max().unwrap_or(0)
    };
    let mut best = (DELIMITERS[0], 0);
    for delimiter in DELIMITERS {
        let score = score(delimiter);
        if score > best.1 {
            best = (delimiter, score);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::delimiter;

    #[test]
    fn the_delimiter_is_the_one_that_lines_agree_on() {
        assert_eq!(delimiter(b"a,b\n1,2\n"), b',');
        assert_eq!(delimiter(b"a;b;c\n1,5;2;3\n2,5;3;4\n"), b';');
        assert_eq!(delimiter(b"a\tb\n1, 2\t3\n4\t5\n"), b'\t');
        assert_eq!(delimiter(b"name|text\nx|\"a,b,c\"\n"), b'|');
        assert_eq!(delimiter(b"alone\n1\n"), b',');
    }
}

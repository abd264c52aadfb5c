//! What a file is by its first bytes, whatever its name says.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::ReadError;

/// What a file is by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Nothing in it.
    Empty,
    /// A web page.
    Html,
    /// A JSON object or array.
    Json,
    /// XML other than a web page.
    Xml,
    /// A PDF.
    Pdf,
    /// A zip archive: an xlsx, xlsb, ods or plain archive.
    Zip,
    /// An OLE2 container: an xls, or a protected workbook.
    Ole2,
    /// gzip.
    Gzip,
    /// Parquet.
    Parquet,
    /// UTF-16 text, by its byte-order mark.
    Utf16,
    /// Other bytes with NULs in them.
    Binary,
    /// Text.
    Text,
}

/// What a file is by its first bytes.
///
/// ```
/// use sendmart::read::{Content, content_of};
/// assert_eq!(content_of(b"<!doctype html><html>"), Content::Html);
/// assert_eq!(content_of(b"{\"code\":\"error\"}"), Content::Json);
/// assert_eq!(content_of(b"URN,LA\n100000,201\n"), Content::Text);
/// assert_eq!(content_of(b"\xef\xbb\xbfURN,LA\n"), Content::Text);
/// assert_eq!(content_of(b""), Content::Empty);
/// ```
#[must_use]
pub fn content_of(first: &[u8]) -> Content {
    let starts = |magic: &[u8]| first.starts_with(magic);
    if first.is_empty() {
        return Content::Empty;
    }
    if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
        return Content::Zip;
    }
    if starts(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return Content::Ole2;
    }
    if starts(b"%PDF-") {
        return Content::Pdf;
    }
    if starts(&[0x1f, 0x8b]) {
        return Content::Gzip;
    }
    if starts(b"PAR1") {
        return Content::Parquet;
    }
    if starts(&[0xff, 0xfe]) || starts(&[0xfe, 0xff]) {
        return Content::Utf16;
    }
    let body = first.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(first);
    let text = String::from_utf8_lossy(&body[..body.len().min(4096)]).to_lowercase();
    let text = text.trim_start();
    let markup =
        text.strip_prefix("<?xml").map_or(text, |rest| rest.split_once("?>").map_or("", |(_, rest)| rest.trim_start()));
    let markup = skip_comments(markup);
    if markup.starts_with("<!doctype html") || markup.starts_with("<html") || markup.starts_with("<head") {
        return Content::Html;
    }
    if text.starts_with("<?xml") || (markup.starts_with('<') && markup.contains('>')) {
        return Content::Xml;
    }
    if (text.starts_with('{') && text.contains(':')) || text.starts_with("[{") {
        return Content::Json;
    }
    if body[..body.len().min(4096)].contains(&0) { Content::Binary } else { Content::Text }
}

fn skip_comments(mut text: &str) -> &str {
    while let Some(rest) = text.strip_prefix("<!--") {
        text = rest.split_once("-->").map_or("", |(_, rest)| rest.trim_start());
    }
    text
}

/// The content of a file.
pub(super) fn content_at(path: &Path) -> Result<Content, ReadError> {
    let mut first = Vec::with_capacity(8192);
    File::open(path)?.take(8192).read_to_end(&mut first)?;
    Ok(content_of(&first))
}

/// The refusal of a file that is not of the kind that is asked for.
pub(super) fn refuse(content: Content, wanted: &str) -> ReadError {
    let (code, what, hint) = match content {
        Content::Empty => ("read::empty", "the file is empty (0 bytes)", "ask for the file again"),
        Content::Html => (
            "read::html_instead",
            "the file is a web page (HTML), not data: a server answered with a page, often an error",
            "download the file again by hand and look at it; the address may have moved",
        ),
        Content::Json => (
            "read::json_instead",
            "the file is a JSON message, not data: a server answered with an error",
            "download the file again; if it stays so, tell the supplier",
        ),
        Content::Xml => ("read::xml_instead", "the file is XML", "ask for the file as CSV or XLSX"),
        Content::Pdf => ("read::pdf_instead", "the file is a PDF", "ask for the file as CSV or XLSX"),
        Content::Zip => (
            "read::zip_instead",
            "the file is a workbook or an archive",
            "a layout for a workbook is needed, or name its members with `!`",
        ),
        Content::Ole2 => (
            "read::workbook_instead",
            "the file is an old Excel workbook (.xls) or a protected one",
            "a layout for a workbook is needed",
        ),
        Content::Gzip => ("read::gzip_instead", "the file is compressed with gzip", "unpack it first"),
        Content::Parquet => ("read::parquet_instead", "the file is Parquet", "ask for the file as CSV or XLSX"),
        Content::Utf16 => {
            ("read::utf16_instead", "the file is UTF-16 text (\"Unicode text\" in Excel)", "save it as \"CSV UTF-8\"")
        }
        Content::Binary => (
            "read::binary_instead",
            "the file is binary: it has NUL bytes in its first lines",
            "ask for the file as CSV or XLSX",
        ),
        Content::Text => (
            "read::text_instead",
            "the file is plain text, not a workbook, whatever its name says",
            "save it as .csv and declare a CSV layout, or send the workbook",
        ),
    };
    ReadError::content(code, format!("{what}; {wanted} was expected"), hint)
}

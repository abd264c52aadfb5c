//! What a file is by its first bytes, and the refusal of one that is not what a layout reads.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::ReadError;
use crate::model::{Content, SNIFF_BYTES, sniff};

/// The content of a file.
pub(crate) fn content_at(path: &Path) -> Result<Content, ReadError> {
    let mut first = Vec::with_capacity(SNIFF_BYTES);
    let mut file = File::open(path)?;
    (&mut file).take(SNIFF_BYTES as u64).read_to_end(&mut first)?;
    // A small file of texts looks like text, but for the mark at both its ends.
    if first.starts_with(b"PAR1") && first.len() >= 12 {
        let mut last = [0; 4];
        file.seek(SeekFrom::End(-4))?;
        file.read_exact(&mut last)?;
        if &last == b"PAR1" {
            return Ok(Content::Parquet);
        }
    }
    Ok(sniff(&first, ""))
}

/// The refusal of a file that is not of the kind that is asked for.
pub(crate) fn refuse(content: Content, wanted: &str) -> ReadError {
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
        Content::Xml => (
            "read::xml_instead",
            "the file is XML",
            "ask for the file as CSV or XLSX, or write a layout with `[format.xml]`",
        ),
        Content::FlatOds => (
            "read::workbook_instead",
            "the file is an OpenDocument workbook (.fods)",
            "a layout for a workbook is needed",
        ),
        Content::Pdf => ("read::pdf_instead", "the file is a PDF", "ask for the file as CSV or XLSX"),
        Content::Zip | Content::Xlsx => (
            "read::zip_instead",
            "the file is a workbook or an archive",
            "a layout for a workbook is needed, or name its members with `!`",
        ),
        Content::Ole2 => (
            "read::workbook_instead",
            "the file is an old Excel workbook (.xls) or a protected one",
            "a layout for a workbook is needed",
        ),
        Content::OlderExcel => (
            "read::older_excel",
            "the file is a workbook of Excel 4 or older (1992)",
            "open it in Excel or LibreOffice and save it as .xlsx",
        ),
        Content::Gzip => ("read::gzip_instead", "the file is compressed with gzip", "unpack it first"),
        Content::Parquet => ("read::parquet_instead", "the file is Parquet", "ask for the file as CSV or XLSX"),
        Content::Utf16 => (
            "read::utf16_instead",
            "the file is UTF-16 text (\"Unicode text\" in Excel)",
            "declare `encoding = \"utf-16\"` in `[format.csv]`, or save it as \"CSV UTF-8\"",
        ),
        Content::Utf32 => (
            "read::utf32_instead",
            "the file is UTF-32 text, which hardly any program writes",
            "save it as \"CSV UTF-8\"",
        ),
        Content::Foreign(words) => {
            let what = format!("the file is {words}, which is not read here");
            let hint = "ask for the table as CSV or XLSX; an archive is unpacked first, or packed as .zip or .gz";
            return ReadError::content("read::foreign_file", format!("{what}; {wanted} was expected"), hint);
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

//! Whether a file is what its name says. Pure.
//!
//! Servers that fail answer with a page or a message, and a nightly job saves it as `.csv`: names and status codes lie,
//! first bytes do not. A file of a folder is landed whatever it is and refused when it is read; an answer of a server that
//! is not what was asked for is not landed at all.

use crate::model::{Content, Refusal, extension};

/// Why a file is not what its name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAsNamed {
    /// What it is instead.
    pub content: Content,
    /// Code without the stage: `html_instead`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub hint: &'static str,
}

impl NotAsNamed {
    /// The same as a refusal of a whole file by a stage: `read` gives the code `read::html_instead`.
    #[must_use]
    pub fn refusal(&self, stage: &str) -> Refusal {
        Refusal {
            code: format!("{stage}::{}", self.code),
            message: self.message.clone(),
            hint: self.hint.to_owned(),
            at: Some("first bytes".to_owned()),
        }
    }
}

/// Whether a file is what its name says. A name that says nothing known accepts all but an empty file and a web page.
///
/// ```
/// use sendmart::model::Content;
/// use sendmart::source::door_check;
/// assert!(door_check(Content::Text, "timeliness.csv").is_ok());
/// let wrong = door_check(Content::Html, "timeliness.csv").unwrap_err();
/// assert_eq!(wrong.code, "html_instead");
/// assert_eq!(wrong.message, "`timeliness.csv` is a web page (HTML), not text such as CSV");
/// ```
///
/// # Errors
/// [`NotAsNamed`] says what it is instead.
pub fn door_check(content: Content, file_name: &str) -> Result<(), NotAsNamed> {
    let (accepted, wanted): (&[Content], &str) = match extension(file_name).as_str() {
        "csv" | "tsv" | "tab" | "txt" => (&[Content::Text, Content::Utf16], "text such as CSV"),
        "xlsx" | "xlsm" | "xlsb" => (&[Content::Xlsx], "an Excel workbook"),
        "xls" => (&[Content::Ole2, Content::Xlsx], "an Excel workbook"),
        "ods" => (&[Content::Zip], "an OpenDocument workbook"),
        "fods" => (&[Content::FlatOds], "an OpenDocument workbook"),
        "zip" => (&[Content::Zip], "a zip archive"),
        "gz" => (&[Content::Gzip], "a gzip file"),
        "parquet" => (&[Content::Parquet], "a Parquet file"),
        "json" => (&[Content::Json], "JSON"),
        "xml" => (&[Content::Xml], "XML"),
        "html" | "htm" => (&[Content::Html], "a web page"),
        "pdf" => (&[Content::Pdf], "a PDF"),
        _ if !matches!(content, Content::Empty | Content::Html) => return Ok(()),
        _ => (&[], "a file of data"),
    };
    if accepted.contains(&content) {
        return Ok(());
    }
    let message = match content {
        Content::Empty => format!("`{file_name}` is empty: it has no bytes"),
        _ => format!("`{file_name}` is {}, not {wanted}", content.words()),
    };
    Err(NotAsNamed { content, code: code(content), message, hint: hint(content) })
}

fn code(content: Content) -> &'static str {
    match content {
        Content::Empty => "empty",
        Content::Html => "html_instead",
        Content::Json => "json_instead",
        Content::Xml => "xml_instead",
        Content::Pdf => "pdf_instead",
        Content::Ole2 => "ole2_instead",
        Content::OlderExcel => "older_excel",
        Content::Zip => "zip_instead",
        Content::Xlsx | Content::FlatOds => "workbook_instead",
        Content::Gzip => "gzip_instead",
        Content::Parquet => "parquet_instead",
        Content::Utf16 => "utf16_instead",
        Content::Utf32 => "utf32_instead",
        Content::Text => "text_instead",
        Content::Foreign(_) => "foreign_file",
        Content::Binary => "binary_instead",
    }
}

fn hint(content: Content) -> &'static str {
    match content {
        Content::Empty => "ask the supplier for the file again: the export or the transfer failed",
        Content::Html | Content::Json => {
            "a server sent an error or a sign-in page under this name: open it in a text editor to read it, then fetch the file again"
        }
        Content::Ole2 => "open it in Excel, take the password off, and save it as the kind of file that its name says",
        Content::OlderExcel => "open it in Excel or LibreOffice and save it as .xlsx",
        Content::Zip | Content::Gzip => {
            "unpack it, or for a zip archive name its members in the source: `archive.zip!*.csv`"
        }
        Content::Xlsx
        | Content::Parquet
        | Content::Xml
        | Content::FlatOds
        | Content::Pdf
        | Content::Utf16
        | Content::Utf32
        | Content::Text
        | Content::Foreign(_)
        | Content::Binary => "ask the supplier for the kind of file that the name says, or rename it to what it is",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_says_what_it_is_and_how_to_mend_it() {
        let all = [
            (Content::Empty, "a.csv"),
            (Content::Html, "a.csv"),
            (Content::Html, "download"),
            (Content::Json, "a.csv"),
            (Content::Ole2, "a.xlsx"),
            (Content::Zip, "a.csv"),
            (Content::Xlsx, "a.zip"),
            (Content::Text, "a.xlsx"),
            (Content::Utf16, "a.xlsx"),
            (Content::Binary, "a.csv"),
        ];
        let told: Vec<String> = all
            .into_iter()
            .map(|(content, name)| {
                let refusal = door_check(content, name).unwrap_err().refusal("read");
                format!("{}: {}\n  hint: {}", refusal.code, refusal.message, refusal.hint)
            })
            .collect();
        insta::assert_snapshot!(told.join("\n"));
    }
}

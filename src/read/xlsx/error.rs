//! What is wrong with a workbook's file, in words: the part, where in it, and how to mend it.

use std::io::ErrorKind;

use zip::result::ZipError;

use super::scan::XmlError;
use crate::read::ReadError;
use crate::read::guard::Danger;

const SAVE_AGAIN: &str = "open it in Excel and save it again, or ask for it again";

/// A part that cannot be read.
pub(super) fn of_part(part: &str, error: XmlError) -> ReadError {
    match error {
        XmlError::Read(error) => of_io(part, error),
        XmlError::Broken(at, what) => ReadError::Content {
            code: "read::broken_part",
            message: format!("part `{part}` of the workbook is broken: {what}"),
            hint: SAVE_AGAIN.to_owned(),
            at: Some(format!("{part}, byte {at}")),
        },
        XmlError::Doctype(at) => Danger::Doctype(part.to_owned()).error_at(format!("{part}, byte {at}")),
        XmlError::Encoding(said) => ReadError::content(
            "read::part_encoding",
            format!("part `{part}` of the workbook says that it is `{said}`; a workbook's parts are UTF-8 or UTF-16"),
            SAVE_AGAIN,
        ),
    }
}

fn of_io(part: &str, error: std::io::Error) -> ReadError {
    match error.kind() {
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof | ErrorKind::Other => {
            Danger::DamagedPart(part.to_owned()).error()
        }
        ErrorKind::Unsupported if error.raw_os_error().is_none() => Danger::Packing(part.to_owned()).error(),
        _ => ReadError::Io(error),
    }
}

/// An archive, or a part of it, that cannot be opened.
pub(super) fn of_zip(part: Option<&str>, error: ZipError) -> ReadError {
    match (part, error) {
        (Some(part), ZipError::Io(error)) => of_io(part, error),
        (None, ZipError::Io(error)) if error.kind() == ErrorKind::NotFound => ReadError::Io(error),
        (Some(part), error) => broken(format!("part `{part}` of the workbook cannot be opened: {error}")),
        (None, _) => ReadError::content(
            "read::broken_archive",
            "the workbook is damaged or cut short: its list of parts cannot be read",
            "ask for the file again; a download may have been interrupted",
        ),
    }
}

/// A workbook whose parts do not go together.
pub(super) fn broken(message: impl Into<String>) -> ReadError {
    ReadError::content("read::broken_workbook", message, SAVE_AGAIN)
}

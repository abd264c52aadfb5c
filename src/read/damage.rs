//! What the libraries that read the old binary workbooks cannot follow, in our words: the class of the damage, and what to do.

use std::io::ErrorKind;

use calamine::{XlsError, XlsbError};

use super::ReadError;
use super::guard::Danger;

/// What is wrong with a binary workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Damage {
    /// It ends before it should.
    CutShort,
    /// The table that says where its pieces lie leads nowhere.
    Sectors,
    /// Its first bytes say what no such file says.
    Head,
    /// A record says a length that is not its own.
    Lengths,
    /// A part that it names is not there.
    PartMissing,
    /// A formula that cannot be followed.
    Formula,
    /// Macros that cannot be followed.
    Macros,
    /// XML of it is not well formed.
    Text,
    /// A record that is not known.
    Unknown,
}

/// The refusal of an `.xls` that the library fails on.
pub(super) fn damaged_xls(error: &XlsError) -> ReadError {
    let damage = match error {
        XlsError::Password => return Danger::Password.error(),
        XlsError::Io(error) => of_io(error.kind()),
        XlsError::Cfb(error) => return of_container(&error.to_string()),
        XlsError::Vba(_) | XlsError::NoVba => Damage::Macros,
        XlsError::Len { .. } => Damage::Lengths,
        XlsError::ContinueRecordTooShort | XlsError::EoStream(_) => Damage::CutShort,
        XlsError::StackLen | XlsError::InvalidFormula { .. } | XlsError::IfTab(_) | XlsError::Etpg(_) => {
            Damage::Formula
        }
        XlsError::WorksheetNotFound(_) => Damage::PartMissing,
        _ => Damage::Unknown,
    };
    refused("old workbook (.xls)", damage)
}

/// The refusal of an `.xlsb` that the library fails on.
pub(super) fn damaged_xlsb(error: &XlsbError) -> ReadError {
    let damage = match error {
        XlsbError::Password => return Danger::Password.error(),
        XlsbError::Io(error) => of_io(error.kind()),
        XlsbError::Zip(_) | XlsbError::FileNotFound(_) | XlsbError::WorksheetNotFound(_) => Damage::PartMissing,
        XlsbError::Xml(_) | XlsbError::XmlAttr(_) | XlsbError::Encoding(_) => Damage::Text,
        XlsbError::Vba(_) => Damage::Macros,
        XlsbError::WideStr { .. } => Damage::Lengths,
        XlsbError::StackLen | XlsbError::Etpg(_) | XlsbError::IfTab(_) | XlsbError::Ptg(_) => Damage::Formula,
        _ => Damage::Unknown,
    };
    refused("binary workbook (.xlsb)", damage)
}

/// What the library that reads the container says, by its words: their types are its own.
fn of_container(said: &str) -> ReadError {
    let number = said.strip_prefix("Codepage ").and_then(|rest| u16::from_str_radix(rest.split(' ').next()?, 16).ok());
    if let Some(page) = number {
        return Danger::CodePage(page).error();
    }
    let damage = if said.starts_with("Cannot find") {
        Damage::PartMissing
    } else if said.starts_with("Sector") || said.starts_with("Empty Root") {
        Damage::Sectors
    } else if said.starts_with("I/O") {
        Damage::CutShort
    } else {
        Damage::Head
    };
    refused("old workbook (.xls)", damage)
}

fn of_io(kind: ErrorKind) -> Damage {
    if kind == ErrorKind::UnexpectedEof { Damage::CutShort } else { Damage::Unknown }
}

fn refused(what: &str, damage: Damage) -> ReadError {
    const AGAIN: &str = "ask for the file again; a download may have been interrupted";
    const SAVE: &str =
        "open it in Excel and save it as .xlsx; if Excel has to repair it, compare it with the original first";
    let (code, why, hint) = match damage {
        Damage::CutShort => ("read::cut_short", "ends in the middle of a record: it is cut short or damaged", AGAIN),
        Damage::Sectors => (
            "read::broken_archive",
            "is damaged or cut short: the table that says where its pieces lie leads nowhere",
            AGAIN,
        ),
        Damage::Head => {
            ("read::broken_archive", "is damaged: its first bytes say of its pieces what no such file says", AGAIN)
        }
        Damage::Lengths => ("read::broken_workbook", "is damaged: a record says a length that it does not have", SAVE),
        Damage::PartMissing => ("read::broken_workbook", "is damaged: a part that it names is not in it", AGAIN),
        Damage::Formula => ("read::broken_workbook", "has a formula that cannot be followed", SAVE),
        Damage::Macros => {
            ("read::broken_workbook", "has macros that cannot be followed", "save it as .xlsx, without its macros")
        }
        Damage::Text => ("read::broken_workbook", "is damaged: a part of it that is XML is not well formed", AGAIN),
        Damage::Unknown => ("read::broken_workbook", "holds what no workbook of its kind holds", SAVE),
    };
    ReadError::content(code, format!("the {what} {why}"), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_of_damage_has_its_words_and_a_password_is_none() {
        let told = |error: &ReadError| {
            error.refusal().map(|told| format!("{}: {}", told.code, told.message)).unwrap_or_default()
        };
        let end = || std::io::Error::from(ErrorKind::UnexpectedEof);
        assert_eq!(
            told(&damaged_xls(&XlsError::Io(end()))),
            "read::cut_short: the old workbook (.xls) ends in the middle of a record: it is cut short or damaged"
        );
        assert_eq!(
            told(&damaged_xlsb(&XlsbError::FileNotFound("SECRET".to_owned()))),
            "read::broken_workbook: the binary workbook (.xlsb) is damaged: a part that it names is not in it"
        );
        for (said, wanted) in [
            (
                "Codepage 2C4 not found",
                "read::code_page: the text of the old workbook (.xls) is in code page 708, which is not known here",
            ),
            (
                "Cannot find Workbook stream",
                "read::broken_workbook: the old workbook (.xls) is damaged: a part that it names is not in it",
            ),
            (
                "Sector 9 points past end of file",
                "read::broken_archive: the old workbook (.xls) is damaged or cut short: the table that says where its pieces lie leads nowhere",
            ),
            (
                "Invalid sector shift, expecting 0x09 or 0x0C found 7",
                "read::broken_archive: the old workbook (.xls) is damaged: its first bytes say of its pieces what no such file says",
            ),
        ] {
            assert_eq!(told(&of_container(said)), wanted);
        }
        assert_eq!(told(&damaged_xls(&XlsError::Password)), told(&damaged_xlsb(&XlsbError::Password)));
    }
}

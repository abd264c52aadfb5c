//! Every kind of hostile or broken container: one code, one sentence, one hint.

use crate::read::ReadError;

/// Why a container is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::read) enum Danger {
    /// The list of the parts cannot be read.
    BrokenList,
    /// More parts than this.
    TooManyParts(usize),
    /// Two parts have this name, or names that differ only by case or slash.
    DuplicatePart(String),
    /// A part whose name leads elsewhere.
    UnsafeName(String),
    /// A part that is a link.
    Link(String),
    /// Parts lie upon each other.
    Overlap,
    /// A part is encrypted, or the whole is.
    Password,
    /// A part is larger than this many megabytes.
    LargePart(String, u64),
    /// All parts are larger than this many megabytes.
    LargePackage(u64),
    /// A part is more than this many times larger than it is packed.
    Ratio(String, u64),
    /// A part is packed in a way that workbooks are not.
    Packing(String),
    /// A part is not what its checksum or length says.
    DamagedPart(String),
    /// A part has a document type declaration.
    Doctype(String),
    /// Elements nest deeper than this.
    TooDeep(String, u32),
    /// A tag, or what stands before the first element, is too long.
    LongMarkup(String),
    /// The table of shared texts announces more texts than this part can hold.
    SharedTexts(String),
    /// A row is larger than this many megabytes.
    LargeRow(usize),
    /// No sheet is in it.
    NoSheets,
    /// An OLE2 file that is no workbook.
    OtherOle,
    /// A panic, in its plain words.
    Panicked(String),
    /// The reading process wanted more memory than this many bytes.
    TooMuchMemory(u64),
    /// The reading process took more than this many seconds.
    TooSlow(u64),
    /// The reading process died of this signal.
    Died(i32),
    /// The reading process said what no reader says.
    Nonsense,
}

impl Danger {
    /// The refusal, with the place.
    pub(in crate::read) fn error_at(&self, place: String) -> ReadError {
        match self.error() {
            ReadError::Content { code, message, hint, .. } => {
                ReadError::Content { code, message, hint, at: Some(place) }
            }
            other => other,
        }
    }

    /// The refusal, in words for a data officer.
    pub(in crate::read) fn error(&self) -> ReadError {
        const AGAIN: &str = "ask for the file again; a download may have been broken off";
        const SAVE: &str = "open it in Excel and save it again, or ask for it again";
        const HOSTILE: &str =
            "no spreadsheet program writes this: do not open it, and ask the sender where the file comes from";
        let part = |name: &str| shown(name);
        let (code, message, hint) = match self {
            Self::BrokenList => (
                "read::broken_archive",
                "the workbook is damaged or cut short: its list of parts cannot be read".to_owned(),
                AGAIN,
            ),
            Self::TooManyParts(most) => {
                ("read::too_many_parts", format!("the workbook has more than {most} parts"), HOSTILE)
            }
            Self::DuplicatePart(name) => (
                "read::part_twice",
                format!("the workbook has the part `{}` twice, and nobody can say which one counts", part(name)),
                HOSTILE,
            ),
            Self::UnsafeName(name) => (
                "read::unsafe_part",
                format!("the workbook has a part whose name leads out of it: `{}`", part(name)),
                HOSTILE,
            ),
            Self::Link(name) => {
                ("read::link_part", format!("the part `{}` of the workbook is a link to a file", part(name)), HOSTILE)
            }
            Self::Overlap => (
                "read::overlapping_parts",
                "parts of the workbook lie upon each other, as in an archive that is made to grow without end"
                    .to_owned(),
                HOSTILE,
            ),
            Self::Password => (
                "read::password",
                "this workbook is password-protected".to_owned(),
                "open it in Excel, remove the password (File, Info, Protect Workbook) and send it again by a secure way",
            ),
            Self::LargePart(name, most) => (
                "read::too_large",
                format!("the part `{}` of the workbook is larger than {most} MB when it is unpacked", part(name)),
                "ask for the data as CSV, or in parts",
            ),
            Self::LargePackage(most) => (
                "read::too_large",
                format!("the workbook is larger than {most} MB when it is unpacked"),
                "ask for the data as CSV, or in parts",
            ),
            Self::Ratio(name, most) => (
                "read::bomb",
                format!("the part `{}` is more than {most} times larger than it is packed: a zip bomb", part(name)),
                HOSTILE,
            ),
            Self::Packing(name) => {
                ("read::packing", format!("the part `{}` is packed in a way that workbooks are not", part(name)), SAVE)
            }
            Self::DamagedPart(name) => (
                "read::damaged_part",
                format!("the part `{}` of the workbook is damaged: it is not what its checksum says", part(name)),
                AGAIN,
            ),
            Self::Doctype(name) => (
                "read::doctype",
                format!("the part `{}` declares a document type (DOCTYPE), which can hide a trap", part(name)),
                HOSTILE,
            ),
            Self::TooDeep(name, most) => (
                "read::too_deep",
                format!("in the part `{}` elements stand within each other more than {most} deep", part(name)),
                HOSTILE,
            ),
            Self::LongMarkup(name) => (
                "read::long_markup",
                format!("the part `{}` has a tag or a comment longer than any spreadsheet program writes", part(name)),
                HOSTILE,
            ),
            Self::SharedTexts(name) => (
                "read::shared_texts",
                format!("the part `{}` announces more texts than it can hold", part(name)),
                HOSTILE,
            ),
            Self::LargeRow(most) => (
                "read::too_large",
                format!("a row of the workbook is larger than {most} MB"),
                "ask for the data as CSV, or in parts",
            ),
            Self::NoSheets => (
                "read::no_sheets",
                "the workbook has no sheet, or is damaged so that none can be found".to_owned(),
                SAVE,
            ),
            Self::OtherOle => (
                "read::not_a_workbook",
                "the file is an old Office document, but no workbook (a letter or a message, say)".to_owned(),
                "ask for the data as CSV or XLSX",
            ),
            Self::Panicked(words) => (
                "read::library_panicked",
                format!("the workbook is damaged in a way that the reader cannot follow ({words})"),
                SAVE,
            ),
            Self::TooMuchMemory(bytes) => (
                "read::too_much_memory",
                format!("the workbook cannot be read in {} MB of memory", bytes >> 20),
                "ask for the data as CSV or XLSX, or in parts",
            ),
            Self::TooSlow(seconds) => (
                "read::too_slow",
                format!("the workbook cannot be read in {seconds} seconds, which is more than one of its size takes"),
                SAVE,
            ),
            Self::Died(signal) => (
                "read::reader_died",
                format!("the workbook is damaged in a way that the reader died of (signal {signal})"),
                SAVE,
            ),
            Self::Nonsense => (
                "read::reader_nonsense",
                "the process that read the workbook gave an answer that makes no sense".to_owned(),
                "keep the file and do not open it: it may be an attack on this program; tell who maintains it",
            ),
        };
        ReadError::content(code, message, hint)
    }
}

/// A part's name that may be shown: plain, and not too long.
fn shown(name: &str) -> String {
    let plain: String = name.chars().take(100).flat_map(char::escape_debug).collect();
    if name.chars().nth(100).is_some() { plain + "…" } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_danger_has_one_sentence_and_one_hint() {
        let name = || "xl/worksheets/sheet1.xml".to_owned();
        let all = [
            Danger::BrokenList,
            Danger::TooManyParts(10_000),
            Danger::DuplicatePart(name()),
            Danger::UnsafeName("../\u{1b}[31m\n".to_owned()),
            Danger::Link("x".repeat(200)),
            Danger::Overlap,
            Danger::Password,
            Danger::LargePart(name(), 512),
            Danger::LargePackage(1024),
            Danger::Ratio(name(), 200),
            Danger::Packing(name()),
            Danger::DamagedPart(name()),
            Danger::Doctype(name()),
            Danger::TooDeep(name(), 256),
            Danger::LongMarkup(name()),
            Danger::SharedTexts("xl/sharedStrings.xml".to_owned()),
            Danger::LargeRow(128),
            Danger::NoSheets,
            Danger::OtherOle,
            Danger::Panicked("attempt to multiply with overflow".to_owned()),
            Danger::TooMuchMemory(1 << 30),
            Danger::TooSlow(12),
            Danger::Died(11),
            Danger::Nonsense,
        ];
        let told: Vec<String> = all
            .iter()
            .filter_map(|danger| danger.error().refusal())
            .map(|refusal| format!("{}: {}\n  hint: {}", refusal.code, refusal.message, refusal.hint))
            .collect();
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn words_of_a_panic_hold_nothing_of_the_file() {
        let told = |payload: Box<dyn std::any::Any + Send>| super::super::panicked(&*payload).to_string();
        assert!(told(Box::new("attempt to add with overflow")).contains("(attempt to add"));
        assert!(
            told(Box::new("index out of bounds: the len is 3 but the index is 7".to_owned())).contains("index is 7")
        );
        let secret = told(Box::new("byte index 1 is not a char boundary; it is inside 'Zoë'".to_owned()));
        assert!(!secret.contains("Zo"), "{secret}");
    }
}

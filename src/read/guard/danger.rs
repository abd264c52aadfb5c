//! Every kind of hostile or broken container: one code, one sentence, one hint.

use crate::read::ReadError;

/// What a library that is not trusted reads, in a process of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::read) enum FileKind {
    /// A workbook of any format.
    Workbook,
    /// A Parquet file.
    Parquet,
}

impl FileKind {
    /// What it is called in a sentence.
    fn noun(self) -> &'static str {
        match self {
            Self::Workbook => "workbook",
            Self::Parquet => "Parquet file",
        }
    }

    /// How one that is damaged is mended.
    fn mend(self) -> &'static str {
        match self {
            Self::Workbook => "open it in Excel and save it again, or ask for it again",
            Self::Parquet => "ask for it again, written anew by the program that made it, or for the data as CSV",
        }
    }

    /// In which form too much comes in less.
    fn smaller(self) -> &'static str {
        match self {
            Self::Workbook => "ask for the data as CSV or XLSX, or in parts",
            Self::Parquet => "ask for the data as CSV, or in parts",
        }
    }
}

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
    /// Sheets are in it, and none has cells: these are charts.
    NoCells(Vec<String>),
    /// An OLE2 file that is no workbook.
    OtherOle,
    /// The text of an old workbook is in a code page that nothing here knows.
    CodePage(u16),
    /// A panic.
    Panicked,
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

    /// The refusal of a workbook, in words for a data officer.
    pub(in crate::read) fn error(&self) -> ReadError {
        self.error_of(FileKind::Workbook)
    }

    /// The refusal of a file of this kind.
    pub(in crate::read) fn error_of(&self, kind: FileKind) -> ReadError {
        const AGAIN: &str = "ask for the file again; a download may have been interrupted";
        const HOSTILE: &str =
            "no spreadsheet program writes this: do not open it, and ask the sender where the file comes from";
        let part = |name: &str| shown(name);
        let noun = kind.noun();
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
                format!("the workbook has the part `{}` twice, and it cannot be known which one counts", part(name)),
                HOSTILE,
            ),
            Self::UnsafeName(name) => (
                "read::unsafe_part",
                format!("the workbook has a part whose name points outside it: `{}`", part(name)),
                HOSTILE,
            ),
            Self::Link(name) => {
                ("read::link_part", format!("the part `{}` of the workbook is a link to a file", part(name)), HOSTILE)
            }
            Self::Overlap => {
                ("read::overlapping_parts", "parts of the workbook overlap, as in a zip bomb".to_owned(), HOSTILE)
            }
            Self::Password => (
                "read::password",
                "this workbook is password-protected".to_owned(),
                "open it in Excel, remove the password (File, Info, Protect Workbook) and send it again securely",
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
            Self::Packing(name) => (
                "read::packing",
                format!("the part `{}` is packed in a way that workbooks are not", part(name)),
                kind.mend(),
            ),
            Self::DamagedPart(name) => (
                "read::damaged_part",
                format!("the part `{}` of the workbook is damaged: its checksum does not match", part(name)),
                AGAIN,
            ),
            Self::Doctype(name) => (
                "read::doctype",
                format!("the part `{}` declares a document type (DOCTYPE), which can hide a trap", part(name)),
                HOSTILE,
            ),
            Self::TooDeep(name, most) => (
                "read::too_deep",
                format!("in the part `{}` elements are nested more than {most} deep", part(name)),
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
                format!("a row of the {noun} is larger than {most} MB"),
                "ask for the data as CSV, or in parts",
            ),
            Self::NoSheets => (
                "read::no_sheets",
                "the workbook has no sheet, or is damaged so that none can be found".to_owned(),
                kind.mend(),
            ),
            Self::NoCells(names) => (
                "read::no_cells",
                format!(
                    "the workbook has no sheet of cells: {} {}",
                    names.iter().take(4).map(|name| format!("`{}`", part(name))).collect::<Vec<_>>().join(", "),
                    if names.len() == 1 { "is a chart" } else { "are charts" }
                ),
                "ask for the table behind the chart: a workbook with a sheet of cells, or CSV",
            ),
            Self::CodePage(page) => (
                "read::code_page",
                format!("the text of the old workbook (.xls) is in code page {page}, which is not known here"),
                "open it in Excel and save it as .xlsx",
            ),
            Self::OtherOle => (
                "read::not_a_workbook",
                "the file is an old Office document, but no workbook (a letter or a message, say)".to_owned(),
                "ask for the data as CSV or XLSX",
            ),
            Self::Panicked => (
                "read::not_followed",
                format!("the {noun} is damaged: a length or an offset in it is wrong"),
                kind.mend(),
            ),
            Self::TooMuchMemory(bytes) => (
                "read::too_much_memory",
                format!("the {noun} cannot be read in {} MB of memory", bytes >> 20),
                kind.smaller(),
            ),
            Self::TooSlow(seconds) => (
                "read::too_slow",
                format!("the {noun} cannot be read in {seconds} seconds, far longer than one of its size should take"),
                kind.mend(),
            ),
            Self::Died(signal) => {
                ("read::reader_died", format!("the {noun} crashed the reader (signal {signal})"), kind.mend())
            }
            Self::Nonsense => (
                "read::reader_nonsense",
                format!("the process that read the {noun} gave an invalid answer"),
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
            Danger::NoCells(vec!["Chart1".to_owned()]),
            Danger::NoCells(vec!["Chart1".to_owned(), "Chart2".to_owned()]),
            Danger::OtherOle,
            Danger::CodePage(708),
            Danger::Panicked,
            Danger::TooMuchMemory(1 << 30),
            Danger::TooSlow(12),
            Danger::Died(11),
            Danger::Nonsense,
        ];
        let told = |dangers: &[Danger], kind: FileKind| {
            let refusals = dangers.iter().filter_map(|danger| danger.error_of(kind).refusal());
            let told = refusals.map(|told| format!("{}: {}\n  hint: {}", told.code, told.message, told.hint));
            told.collect::<Vec<String>>().join("\n")
        };
        insta::assert_snapshot!(told(&all, FileKind::Workbook));
        let of_parquet = [
            Danger::LargeRow(128),
            Danger::Panicked,
            Danger::TooMuchMemory(1 << 30),
            Danger::TooSlow(12),
            Danger::Died(11),
            Danger::Nonsense,
        ];
        insta::assert_snapshot!("what_is_told_of_parquet", told(&of_parquet, FileKind::Parquet));
    }

    #[test]
    fn words_of_a_panic_are_not_told() {
        let call = || -> u8 { panic!("index out of bounds: the len is 0 but the index is 0") };
        let told = super::super::contained(FileKind::Workbook, call).unwrap_err().to_string();
        assert!(told.contains("offset in it is wrong") && !told.contains("index out"), "{told}");
    }
}

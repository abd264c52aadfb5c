//! What each target does with its bytes. cargo-fuzz gives them through `fuzz_targets/`, and the tests of the main package
//! through `tests/it/hostile/mutate.rs`: what stands here compiles with every test.
//!
//! In: bytes. Out: the code of the refusal, or none where the bytes were taken. A panic, a hang or an abort is a find.

use std::fs;
use std::io::{Cursor, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use sendmart::conform::{Conformer, Sorter, parse_decimal, parse_integer};
use sendmart::definitions::{Definitions, Encoding, Format};
use sendmart::model::{DeliveryId, IdentifierKind};
use sendmart::prove::prove;
use sendmart::read::{Opened, ReadError, Rows, label_key};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Any workbook.
const WORKBOOK: Format = Format::Workbook { sheets: None, content: None, stack: false };

/// The code of a refusal, if there is one.
pub type Code = Option<String>;

/// The definitions of one small collection.
pub const DEFINITIONS: [(&str, &str); 3] = [
    (
        "pipeline.toml",
        "title = \"Things\"\nowner = \"nobody\"\npurpose = \"to test\"\nlawful_basis = \"made up\"\nretention = \"none\"\n[[source]]\nfolder.path = \"inbox\"\n",
    ),
    (
        "tables/thing.toml",
        "title = \"Things\"\ngrain = \"one thing\"\nkey = [\"id\"]\ndisposition = \"append\"\nclass = \"none\"\n[marks]\nx = \"suppressed\"\n\"..\" = \"unavailable\"\n[columns]\n\
         id = { type = \"text\", about = \"The id.\" }\nday = { type = \"date\", about = \"A day.\" }\n\
         count = { type = \"integer\", about = \"How many (number).\" }\nupn = { type = \"upn\", about = \"A pupil.\" }\n",
    ),
    (
        "layouts/text.toml",
        "title = \"Text\"\ntable = \"thing\"\nwhy = \"to test\"\n[format]\ncsv = {}\n[columns]\nid = { from = [\"id\"] }\n\
         day = { from = [\"day\"], formats = [\"%d/%m/%Y\", \"%d/%m/%y\", \"%Y-%b-%d\"], century = 1950 }\ncount = { from = [\"count\"] }\nupn = { from = [\"upn\"] }\n",
    ),
];

/// A folder to read from, with definitions.
pub struct Bench {
    folder: tempfile::TempDir,
    definitions: Definitions,
}

impl Bench {
    /// A new folder.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in
            ["config", "sql/kpis", "sql/marts", "sql/checks", "pipelines/things/tables", "pipelines/things/layouts"]
        {
            fs::create_dir_all(folder.path().join(name)).expect("room for a folder");
        }
        fs::write(folder.path().join("config/default.toml"), "").expect("room for a file");
        for (name, text) in DEFINITIONS {
            fs::write(folder.path().join("pipelines/things").join(name), text).expect("room for a file");
        }
        let definitions =
            sendmart::definitions::load(folder.path(), None).unwrap_or_else(|problems| panic!("{problems}"));
        Self { folder, definitions }
    }

    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join("file");
        fs::write(&path, bytes).expect("room for a file");
        path
    }

    /// Reads a file to its end.
    fn drain(&self, bytes: &[u8], format: &Format) -> Code {
        code(drain(&self.file(bytes), format))
    }

    /// Numbers, identifiers, labels.
    #[allow(clippy::unused_self, reason = "every target is called alike")]
    pub fn values(&self, bytes: &[u8]) -> Code {
        let text = &*String::from_utf8_lossy(bytes);
        let _ = parse_integer(text);
        for (precision, scale) in [(12, 2), (38, 0), (38, 10), (1, 1)] {
            let _ = parse_decimal(text, precision, scale);
        }
        for kind in IdentifierKind::ALL {
            // What is normal stays as it is.
            if let Ok(normal) = kind.normalise(text) {
                assert_eq!(kind.normalise(&normal).as_deref(), Ok(&*normal));
            }
        }
        let _ = label_key(text, true);
        None
    }

    /// Delimited text in four encodings, XML, JSON: the first byte says which.
    pub fn text(&self, bytes: &[u8]) -> Code {
        let (which, bytes) = bytes.split_first()?;
        let csv = |encoding, delimiter, quote| Format::Csv { encoding, delimiter, quote, line_end: b'\n' };
        let format = match which % 6 {
            0 => csv(Encoding::Utf8, b',', Some(b'"')),
            1 => csv(Encoding::Windows1252, b';', Some(b'"')),
            2 => csv(Encoding::Utf16, b'\t', None),
            3 => csv(Encoding::Utf16Be, b',', Some(b'\'')),
            4 => Format::Xml { row: ["M", "Ps", "P"].map(str::to_owned).to_vec(), into: Vec::new() },
            _ => Format::Jsonl,
        };
        self.drain(bytes, &format)
    }

    /// A CSV whose header is looked for, and whose rows are conformed: dates, numbers, marks, identifiers.
    pub fn table(&self, bytes: &[u8]) -> Code {
        let path = self.file(bytes);
        let conform = || {
            let mut opened = Opened::at(&path);
            for proof in prove(&mut opened, "a.csv", &self.definitions.collections["things"])? {
                let Ok(conformer) = Conformer::new(&proof, "a.csv", &DeliveryId("fuzzed".to_owned()), None) else {
                    continue;
                };
                let mut sorter = Sorter::new(&proof);
                opened.rows(&proof.layout.format)?.stream(None, &mut |block| {
                    let rows = block.rows.len();
                    if let Ok(conformed) = conformer.conform(&sorter.sort(block)) {
                        let accepted = usize::try_from(conformed.accepted).unwrap_or(usize::MAX);
                        assert!(accepted.saturating_add(conformed.refused.len()) <= rows);
                    }
                    ControlFlow::Continue(())
                })?;
            }
            Ok(())
        };
        code(conform())
    }

    /// A file of definitions: the first byte says which.
    pub fn toml(&self, bytes: &[u8]) -> Code {
        let (which, bytes) = bytes.split_first()?;
        let (name, good) = DEFINITIONS[usize::from(*which) % DEFINITIONS.len()];
        let path = self.folder.path().join("pipelines/things").join(name);
        fs::write(&path, bytes).expect("room for a file");
        let loaded = sendmart::definitions::load(self.folder.path(), None).is_err();
        fs::write(&path, good).expect("room for a file");
        loaded.then(|| "definitions".to_owned())
    }

    /// The XML of a sheet within a whole `.xlsx`: the bytes reach the reader of sheets, and not only the checksum.
    pub fn sheet(&self, bytes: &[u8]) -> Code {
        self.drain(&book(bytes).ok()?, &WORKBOOK)
    }

    /// A workbook file of any kind. The readers of `.xls` and `.xlsb` are a library's and may abort: the program has them in
    /// a child.
    pub fn workbook(&self, bytes: &[u8]) -> Code {
        self.drain(bytes, &WORKBOOK)
    }

    /// Parquet, whose reader is a library's.
    pub fn parquet(&self, bytes: &[u8]) -> Code {
        self.drain(bytes, &Format::Parquet)
    }
}

impl Default for Bench {
    fn default() -> Self {
        Self::new()
    }
}

fn code(read: Result<(), ReadError>) -> Code {
    let error = read.err()?;
    Some(error.refusal().unwrap_or_else(|| panic!("not the file's fault: {error}")).code)
}

fn drain(path: &Path, format: &Format) -> Result<(), ReadError> {
    let mut rows = Rows::open(path, format)?;
    let mut sheets: Vec<Option<String>> = rows.sheets().into_iter().map(|(name, _)| Some(name)).collect();
    if sheets.is_empty() {
        sheets.push(None);
    }
    for sheet in sheets {
        rows.stream(sheet.as_deref(), &mut |block| {
            for index in 0..block.rows.len() {
                for cell in block.row(index) {
                    std::hint::black_box(block.shown(*cell));
                }
            }
            ControlFlow::Continue(())
        })?;
        if let Some(sheet) = sheet {
            rows.about(&sheet)?;
        }
    }
    Ok(())
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

fn book(sheet: &[u8]) -> zip::result::ZipResult<Vec<u8>> {
    let relation = |kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r1\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"A\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
    );
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in [
        ("[Content_Types].xml", format!("<Types xmlns=\"{PACKAGE}/content-types\"/>").as_bytes()),
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml").as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relation("worksheet", "worksheets/sheet1.xml").as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
    ] {
        zip.start_file(name, SimpleFileOptions::default())?;
        zip.write_all(part)?;
    }
    Ok(zip.finish()?.into_inner())
}

//! What a layout can say of where values stand and how they are written: each by a small file, its rows, its faults, and
//! where every row went.

/// Layouts that extend others.
mod extends;
/// What a workbook hides.
mod hidden;
/// Sheets that no layout reads.
mod left;
/// Merged cells, in headers and in data.
mod merged;
/// Definitions that contradict themselves or each other.
mod misuse;
/// Excel tables and defined names.
mod named;
/// Columns turned into rows, values that stand once, columns by letter, sheets by what is on them.
mod places;
/// Quotes that swallow records, text of several lines, and fields left off the end of a row.
mod quotes;
/// Rows within a table that hold no record, and formulas.
mod rows;
mod shapes;
/// Percentages, lengths of time, brackets, years of two digits.
mod values;

use std::collections::BTreeMap;
use std::fs;

use arrow::util::display::{ArrayFormatter, FormatOptions};
use rust_xlsxwriter::Workbook;
use sendmart::lake::Place;
use sendmart::model::{Delivery, DeliveryId, PartFile, TableBook};
use sendmart::warehouse::EngineLimits;

/// Columns of a contract that asks for little.
const COLUMNS: &str = r#"
id = { type = "text", required = true, about = "Id." }
n = { type = "integer", about = "How many." }
"#;

/// A flat OpenDocument file with one sheet, of rows of cells as they stand in its XML.
fn fods<Cells: AsRef<[String]>>(sheet: &str, rows: &[Cells]) -> Vec<u8> {
    let row = |cells: &Cells| format!("<table:table-row>{}</table:table-row>", cells.as_ref().concat());
    let rows: String = rows.iter().map(row).collect();
    format!(
        "<?xml version=\"1.0\"?><office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
         office:mimetype=\"application/vnd.oasis.opendocument.spreadsheet\"><office:body><office:spreadsheet>\
         <table:table table:name=\"{sheet}\">{rows}</table:table></office:spreadsheet></office:body></office:document>"
    )
    .into_bytes()
}

/// A place with one collection of one table.
struct Things {
    folder: tempfile::TempDir,
}

/// What became of a file.
struct Arrived {
    book: TableBook,
    rows: Vec<BTreeMap<String, String>>,
    faults: Vec<BTreeMap<String, String>>,
}

impl Things {
    /// With these columns and key in the contract, and this layout.
    fn new(key: &str, columns: &str, layout: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pipeline = folder.path().join("pipelines/things");
        for name in ["tables", "layouts"] {
            fs::create_dir_all(pipeline.join(name)).unwrap();
        }
        fs::create_dir_all(folder.path().join("config")).unwrap();
        std::os::unix::fs::symlink(crate::checkout().join("config/codes"), folder.path().join("config/codes")).unwrap();
        fs::write(
            pipeline.join("pipeline.toml"),
            "title = \"Things\"\nowner = \"Nobody\"\npurpose = \"A test\"\nlawful_basis = \"invented\"\nretention = \"None\"\n\
             [[source]]\nfolder.path = \"inbox\"\n",
        )
        .unwrap();
        let head = "title = \"Things\"\ngrain = \"one thing\"\nclass = \"none\"\n";
        fs::write(pipeline.join("tables/thing.toml"), format!("{head}key = {key}\n[columns]\n{columns}")).unwrap();
        fs::write(pipeline.join("layouts/thing.toml"), format!("title = \"A\"\ntable = \"thing\"\n{layout}")).unwrap();
        Self { folder }
    }

    /// What is wrong with the definitions.
    fn problems(&self) -> String {
        let problems = match sendmart::definitions::load(self.folder.path(), None) {
            Ok(_) => "nothing".to_owned(),
            Err(problems) => problems.to_string(),
        };
        problems.replace(&self.folder.path().display().to_string(), "PLACE")
    }

    /// One delivery; or why the file was refused.
    fn arrives(&self, file_name: &str, bytes: &[u8]) -> Result<Arrived, String> {
        let place = self.folder.path();
        let definitions = sendmart::definitions::load(place, None).map_err(|problems| problems.to_string()).unwrap();
        let out = Place::new(place, "var");
        let sha256 = "00things".to_owned();
        fs::create_dir_all(out.landed(&sha256).parent().unwrap()).unwrap();
        fs::write(out.landed(&sha256), bytes).unwrap();
        let delivery = Delivery {
            delivery_id: DeliveryId("things".to_owned()),
            collection: "things".to_owned(),
            file_name: file_name.to_owned(),
            source: "test".to_owned(),
            received_at: jiff::Timestamp::UNIX_EPOCH,
            bytes: 0,
            sha256,
            maturity: None,
        };
        let limits = EngineLimits { threads: 2, megabytes: 256, seconds: 600 };
        let containment = sendmart::read::Containment::InProcess;
        let collection = &definitions.collections["things"];
        let mut book = sendmart::run::conform(&out, collection, &delivery, None, limits, &containment).unwrap();
        if let Some(refusal) = book.refused {
            return Err(format!("{}: {}; {}", refusal.code, refusal.message, refusal.hint));
        }
        let book = book.tables.pop().unwrap();
        assert!(book.balances(), "{book:?}");
        let read = |part: Option<&PartFile>| part.map(|part| cells(&out.lake().join(&part.path))).unwrap_or_default();
        let (rows, faults) = (read(book.conformed.as_ref()), read(book.quarantine.as_ref()));
        Ok(Arrived { book, rows, faults })
    }
}

impl Arrived {
    /// The accepted rows: these columns, joined by `|`.
    fn values(&self, columns: &[&str]) -> Vec<String> {
        let line = |row: &BTreeMap<String, String>| {
            columns.iter().map(|column| row[*column].as_str()).collect::<Vec<_>>().join("|")
        };
        self.rows.iter().map(line).collect()
    }

    /// Cell, rule and severity of each fault.
    fn told(&self) -> Vec<String> {
        self.faults
            .iter()
            .map(|fault| ["cell", "rule_id", "severity"].map(|key| fault[key].as_str()).join(" "))
            .collect()
    }

    /// Rows read, accepted, quarantined, skipped.
    fn counts(&self) -> [u64; 4] {
        [self.book.rows_read, self.book.rows_accepted, self.book.rows_quarantined, self.book.skipped()]
    }
}

fn cells(path: &std::path::Path) -> Vec<BTreeMap<String, String>> {
    let options = FormatOptions::default().with_null("");
    let mut rows = Vec::new();
    for batch in &sendmart::lake::read_table(path).unwrap() {
        for row in 0..batch.num_rows() {
            let cell = |index: usize| {
                let text = ArrayFormatter::try_new(batch.column(index), &options).unwrap().value(row).to_string();
                (batch.schema().field(index).name().clone(), text)
            };
            rows.push((0..batch.num_columns()).map(cell).collect());
        }
    }
    rows
}

/// A workbook of texts; cells that read as a number are numbers.
fn workbook(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let page = workbook.add_worksheet().set_name(*name).unwrap();
        for (row, cells) in (0_u32..).zip(*rows) {
            for (column, cell) in (0_u16..).zip(*cells) {
                match cell.parse::<f64>() {
                    Ok(number) => page.write_number(row, column, number).unwrap(),
                    Err(_) if cell.is_empty() => continue,
                    Err(_) => page.write_string(row, column, *cell).unwrap(),
                };
            }
        }
    }
    workbook.save_to_buffer().unwrap()
}

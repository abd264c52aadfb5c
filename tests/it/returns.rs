//! A council's own returns: files made here or lent by `../shared/data`, conformed as a run conforms them.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::ArrowWriter;
use rust_xlsxwriter::{Format, Workbook};
use sendmart::definitions::Definitions;
use sendmart::lake::{Place, read_table};
use sendmart::model::{Book, Delivery, DeliveryId, PartFile, PseudonymKey, TableBook};
use sendmart::warehouse::EngineLimits;

/// A place of its own with the checkout's definitions.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
    definitions: Definitions,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let definitions = sendmart::definitions::load(crate::checkout(), None).unwrap();
        Self { folder: tempfile::tempdir().unwrap(), definitions }
    }

    fn place(&self) -> Place {
        Place::new(self.folder.path(), "var")
    }

    /// Lands a file and conforms it.
    pub(crate) fn conform(&self, collection: &str, file_name: &str, bytes: &[u8]) -> Book {
        let place = self.place();
        let sha256 = format!("00{}", file_name.replace(' ', "_"));
        let landed = place.landed(&sha256);
        fs::create_dir_all(landed.parent().unwrap()).unwrap();
        fs::write(&landed, bytes).unwrap();
        let delivery = Delivery {
            delivery_id: DeliveryId(sha256.clone()),
            collection: collection.to_owned(),
            file_name: file_name.to_owned(),
            source: file_name.to_owned(),
            received_at: jiff::Timestamp::UNIX_EPOCH,
            bytes: bytes.len() as u64,
            sha256,
            maturity: None,
        };
        let limits = EngineLimits { threads: 2, megabytes: 256, seconds: 600 };
        let key = PseudonymKey::new(1, [7; 32]);
        sendmart::run::conform(
            &place,
            &self.definitions.collections[collection],
            &delivery,
            Some(&key),
            limits,
            &sendmart::read::Containment::InProcess,
        )
        .unwrap()
    }

    fn batches(&self, part: Option<&PartFile>) -> Vec<RecordBatch> {
        part.map(|part| read_table(&self.place().lake().join(&part.path)).unwrap()).unwrap_or_default()
    }

    /// The faults of a table, rule by rule, with their cells.
    pub(crate) fn faults(&self, table: &TableBook) -> BTreeMap<String, Vec<String>> {
        let mut faults: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for batch in self.batches(table.quarantine.as_ref()) {
            for row in 0..batch.num_rows() {
                faults.entry(text(&batch, "rule_id", row)).or_default().push(text(&batch, "cell", row));
            }
        }
        faults
    }
}

fn text(batch: &RecordBatch, column: &str, row: usize) -> String {
    let options = FormatOptions::default().with_null("");
    ArrayFormatter::try_new(batch.column_by_name(column).unwrap(), &options).unwrap().value(row).to_string()
}

/// The columns that say where a row came from.
const LINEAGE: [&str; 3] = ["_delivery", "_sheet", "_row"];

/// The Parquet file that a table makes without its lineage columns. What is not kept of a row stays in it as one number.
pub(crate) fn without_lineage(bench: &Bench, table: &TableBook) -> Vec<u8> {
    let batches = bench.batches(table.conformed.as_ref());
    let schema = batches.first().map_or_else(
        || panic!("{} has no row", table.table),
        |batch| {
            let keep: Vec<usize> = (0..batch.num_columns())
                .filter(|index| !LINEAGE.contains(&batch.schema().field(*index).name().as_str()))
                .collect();
            (batch.schema().project(&keep).unwrap(), keep)
        },
    );
    let kept: Vec<RecordBatch> = batches.iter().map(|batch| batch.project(&schema.1).unwrap()).collect();
    let whole = concat_batches(&std::sync::Arc::new(schema.0), &kept).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, whole.schema(), None).unwrap();
    writer.write(&whole).unwrap();
    writer.close().unwrap();
    bytes
}

/// The members of the samples of COLLECT, where they are.
fn blade_samples() -> Option<Vec<(String, Vec<u8>)>> {
    let path = crate::shared("data/census/collect_blade_samples_synthetic.zip")?;
    let mut archive = zip::ZipArchive::new(Cursor::new(fs::read(path).unwrap())).unwrap();
    let members = (0..archive.len()).map(|index| {
        let mut member = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        (member.name().unwrap().into_owned(), bytes)
    });
    Some(members.collect())
}

#[test]
fn no_row_of_the_blade_samples_is_lost() {
    let Some(members) = blade_samples() else { return };
    let bench = Bench::new();
    let mut all = 0;
    for (name, bytes) in &members {
        let book = bench.conform("school_census", name, bytes);
        assert!(book.refused.is_none(), "{name}: {:?}", book.refused);
        // Counted by another reader.
        let rows = csv::Reader::from_reader(bytes.as_slice()).records().map(Result::unwrap).count() as u64;
        let [table] = book.tables.as_slice() else { panic!("{name}: {} tables", book.tables.len()) };
        assert_eq!((table.rows_read, table.rows_accepted), (rows, rows), "{name}: {:?}", bench.faults(table).keys());
        assert_eq!(table.conformed.as_ref().unwrap().rows, rows, "{name}");
        all += rows;
    }
    assert_eq!((members.len(), all), (13, 79_391));
}

/// The same content as one workbook with a sheet a table: dates are dates, numbers numbers, True and False booleans.
#[test]
fn an_xlsx_extract_gives_the_bytes_of_the_blade_csvs() {
    let Some(members) = blade_samples() else { return };
    let bench = Bench::new();
    let mut workbook = Workbook::new();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let mut wanted = BTreeMap::new();
    for (name, bytes) in members.iter().filter(|(name, _)| name.starts_with("2025_spring_")) {
        let first: Vec<u8> = bytes.split_inclusive(|byte| *byte == b'\n').take(200).flatten().copied().collect();
        let table = name.trim_start_matches("2025_spring_").trim_end_matches(".csv");
        let sheet = workbook.add_worksheet().set_name(table).unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(first.as_slice());
        for (line, record) in (0..).zip(reader.records().map(Result::unwrap)) {
            for (column, cell) in (0..).zip(record.iter()) {
                let date = jiff::civil::Date::strptime("%Y-%b-%d %H:%M:%S", cell);
                if let Ok(date) = date {
                    let serial = jiff::civil::date(1899, 12, 30).until(date).unwrap().get_days();
                    sheet.write_with_format(line, column, f64::from(serial), &day).unwrap();
                } else if let (true, Ok(number)) = (cell.ends_with(".0"), cell.parse::<f64>()) {
                    sheet.write(line, column, number).unwrap();
                } else if matches!(cell, "True" | "False") {
                    sheet.write(line, column, cell == "True").unwrap();
                } else if !cell.is_empty() {
                    sheet.write(line, column, cell).unwrap();
                }
            }
        }
        let book = bench.conform("school_census", name, &first);
        wanted.insert(book.tables[0].table.clone(), without_lineage(&bench, &book.tables[0]));
    }
    let book = bench.conform("school_census", "2025_spring_extract.xlsx", &workbook.save_to_buffer().unwrap());
    assert!(book.refused.is_none(), "{:?}", book.refused);
    assert_eq!(book.tables.len(), wanted.len());
    for table in &book.tables {
        assert!(table.balances());
        assert!(wanted[&table.table] == without_lineage(&bench, table), "{} differs", table.table);
    }
}

/// A sheet that a layout names is a table that was promised: when its header has changed, the file is refused.
#[test]
fn a_named_sheet_whose_header_has_changed_is_not_lost_in_silence() {
    let bench = Bench::new();
    let extract = |label: &str| {
        let mut workbook = Workbook::new();
        let needs = workbook.add_worksheet().set_name("senneeds").unwrap();
        for (column, label) in (0..).zip([
            "pupilonrolltableid",
            "NativeId",
            label,
            "senneedsorderseqcolumn",
            "sourceid",
            "sentyperank",
            "sentype",
        ]) {
            needs.write(0, column, label).unwrap();
        }
        let schools = workbook.add_worksheet().set_name("termlyexclusionsonroll").unwrap();
        for (column, label) in (0..).zip([
            "pupilonrolltableid",
            "NativeId",
            "termlyexclusionsonrolltableid",
            "termlyexclusionsonrollorderseqcolumn",
            "sourceid",
            "startdate",
            "sessions",
            "reason1",
            "category",
        ]) {
            schools.write(0, column, label).unwrap();
        }
        workbook.add_worksheet().set_name("Read me").unwrap().write(0, 0, "Notes").unwrap();
        bench.conform("school_census", "2025_spring_extract.xlsx", &workbook.save_to_buffer().unwrap())
    };
    assert_eq!(extract("senneedstableid").tables.len(), 2);
    let refused = extract("sen_needs_table_id").refused.unwrap();
    assert_eq!(refused.code, "read::header_not_found");
    assert!(
        refused.message.contains("sheet `senneeds`") && refused.message.contains("is it `sen_needs_table_id` now?"),
        "{}",
        refused.message
    );
    let refused = bench.conform("sen2", "SEN2 2025.xlsx", &{
        let mut workbook = Workbook::new();
        workbook.add_worksheet().set_name("List_1").unwrap().write(0, 0, "UPN").unwrap();
        workbook.save_to_buffer().unwrap()
    });
    let refused = refused.refused.unwrap();
    assert_eq!(refused.code, "read::no_sheet");
    assert!(refused.message.contains("it has `List_1`"), "{}", refused.message);
}

/// A set that is sent again replaces the census that it is of and no other, also where a table has no row any more.
#[test]
fn a_set_that_is_sent_again_replaces_its_own_census() {
    const HEADER: &str = "pupilonrolltableid,NativeId,termlyexclusionsonrolltableid,termlyexclusionsonrollorderseqcolumn,sourceid,startdate,sessions,reason1,reason2,reason3,category,senprovision\r\n";
    let (_folder, place) = crate::place();
    let (_outside, key) = key_file(&place);
    let inbox = place.join("inbox/school_census");
    fs::create_dir_all(&inbox).unwrap();
    let config = place.join("config.toml");
    let run = |received: &str| {
        let text = format!(
            "privacy.key = \"{}\"\n[[source]]\ncollection = \"school_census\"\nfolder.path = \"inbox/school_census\"\nreceived = \"{received}\"\n",
            key.display()
        );
        fs::write(&config, text).unwrap();
        let (code, out, err) = crate::sendmart(&place, &["--config", &config.display().to_string(), "run"]);
        assert!(code == 0 || code == 74, "{code}\n{out}\n{err}");
        let sql = "SELECT file_name, rows_read, rows_superseded FROM meta.delivery LEFT JOIN meta.loaded USING (delivery_id) WHERE collection = 'school_census' ORDER BY 1";
        crate::sendmart(&place, &["--config", &config.display().to_string(), "--json", "query", sql]).1
    };
    let row = |id: u8, day: &str| format!("p1,9337006,x{id},{id},s1,{day} 00:00:00,4.0,DB,,,SUSP,N\r\n");
    let autumn = inbox.join("2024_autumn_termlyexclusionsonroll.csv");
    let spring = inbox.join("2025_spring_termlyexclusionsonroll.csv");
    fs::write(&autumn, HEADER.to_owned() + &row(1, "2024-Jun-12") + &row(2, "2024-Jun-13")).unwrap();
    fs::write(&spring, HEADER.to_owned() + &row(3, "2024-Nov-12")).unwrap();
    let before = run("2025-02-01");
    assert_eq!(before.matches("\"rows_superseded\":0").count(), 2, "{before}");
    fs::write(&autumn, HEADER).unwrap();
    let after = run("2025-03-01");
    assert!(after.contains("\"rows_read\":2,\"rows_superseded\":2"), "{after}");
    assert!(after.contains("\"rows_read\":1,\"rows_superseded\":0"), "{after}");
}

/// A key of pseudonyms outside every place.
fn key_file(place: &Path) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let (code, _, err) = crate::sendmart(place, &["key", "new", "--file", &path.display().to_string()]);
    assert_eq!(code, 0, "{err}");
    (folder, path)
}

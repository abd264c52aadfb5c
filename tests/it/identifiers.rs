use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use arrow::util::display::{ArrayFormatter, FormatOptions};
use sendmart::lake::Place;
use sendmart::model::{Delivery, DeliveryId, TableBook};
use sendmart::warehouse::EngineLimits;

const CONTRACT: &str = r#"
title = "Pupils"
grain = "one pupil"
key = ["row"]
class = "none"
[columns]
row = { type = "text", required = true, about = "Number." }
upn = { type = "upn", codes = "la", about = "Unique pupil number." }
former_upn = { type = "upn", codes = "la", invalid = "query", about = "Another." }
uln = { type = "uln", invalid = "query", about = "Unique learner number." }
nhs_number = { type = "nhs_number", invalid = "query", about = "NHS number." }
postcode = { type = "postcode", invalid = "query", about = "Postcode." }
laestab = { type = "laestab", codes = "la", about = "School." }
ukprn = { type = "ukprn", about = "Provider." }
level = { type = "code", codes = "geographic_level", invalid = "query", about = "A code." }
strict = { type = "code", codes = "geographic_level", about = "Another code." }
born = { type = "date", about = "Day of birth." }
[[rules]]
id = "1560Q"
severity = "query"
columns = ["upn"]
check = "upn IS NOT NULL"
message = "The UPN is missing"
hint = "Give the pupil's UPN"
source = "School census rule 1560Q"
[[rules]]
id = "1570"
severity = "query"
columns = ["uln"]
check = "uln IS NOT NULL OR born > DATE '2025-01-16' - INTERVAL 14 YEAR"
message = "The ULN of a pupil of 14 and over is missing"
hint = "Look it up in the Learning Records Service"
source = "School census rule 1570"
"#;

const ROWS: &str = "\
row,upn,former_upn,uln,nhs_number,postcode,laestab,ukprn,level,strict,born
1,a933000178301,,1000102504.0,943 476 5919,ta1 4dy,933/7006,10017649.0,School,School,2010-01-16
2,,21db2df8-fa0,0ec98ce2-5,9434765918,TA1 ODY,9337006.0,10017649,Schule,School,
3,P207000016049,A999000178301,1.00E+09,,,,,,,
4,R247962919251,,,,,,,,,
5,,,,,,,,,Schule,
6,,,,,,9997006,2,,,
7,P207000016049,,,,,9997006,,,,2011-01-16
8,P207000016049,,,,,,,,,2011-01-17
";

/// A row: its cells by column.
type Row = BTreeMap<String, String>;

/// One delivery of such a table, conformed: its books, its accepted rows, its faults.
fn conformed(place: &Path, rows: &str) -> (TableBook, Vec<Row>, Vec<Row>) {
    let pipeline = place.join("pipelines/pupils");
    fs::create_dir_all(pipeline.join("tables")).unwrap();
    fs::create_dir_all(pipeline.join("layouts")).unwrap();
    fs::create_dir_all(place.join("config")).unwrap();
    let link = place.join("config/codes");
    if !link.exists() {
        std::os::unix::fs::symlink(crate::checkout().join("config/codes"), link).unwrap();
    }
    let head = "title = \"Pupils\"\nowner = \"Nobody\"\npurpose = \"A test\"\nlawful_basis = \"invented\"\nretention = \"None\"\n";
    fs::write(pipeline.join("pipeline.toml"), format!("{head}[[source]]\nfolder.path = \"inbox\"\n")).unwrap();
    fs::write(pipeline.join("tables/pupil.toml"), CONTRACT).unwrap();
    fs::write(pipeline.join("layouts/pupil.toml"), "title = \"CSV\"\ntable = \"pupil\"\nformat.csv = {}\n").unwrap();
    let definitions = sendmart::definitions::load(place, None).map_err(|problems| problems.to_string()).unwrap();
    let out = Place::new(place, "var");
    let sha256 = "00pupils".to_owned();
    fs::create_dir_all(out.landed(&sha256).parent().unwrap()).unwrap();
    fs::write(out.landed(&sha256), rows).unwrap();
    let delivery = Delivery {
        delivery_id: DeliveryId("pupils".to_owned()),
        collection: "pupils".to_owned(),
        file_name: "pupils.csv".to_owned(),
        source: "test".to_owned(),
        received_at: jiff::Timestamp::UNIX_EPOCH,
        bytes: 0,
        sha256,
        maturity: None,
    };
    let limits = EngineLimits { threads: 2, megabytes: 256, seconds: 600 };
    let mut book = sendmart::run::conform(
        &out,
        &definitions.collections["pupils"],
        &delivery,
        None,
        limits,
        &sendmart::read::Containment::InProcess,
    )
    .unwrap();
    let table = book.tables.pop().unwrap_or_else(|| panic!("refused: {:?}", book.refused));
    let read = |part: Option<&sendmart::model::PartFile>| {
        part.map(|part| cells(&out.lake().join(&part.path))).unwrap_or_default()
    };
    let (accepted, faults) = (read(table.conformed.as_ref()), read(table.quarantine.as_ref()));
    (table, accepted, faults)
}

fn cells(path: &Path) -> Vec<Row> {
    let batches = sendmart::lake::read_table(path).unwrap();
    let options = FormatOptions::default().with_null("");
    let mut rows = Vec::new();
    for batch in &batches {
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

fn upn(authority: &str) -> String {
    let authority = sendmart::model::LaCode::parse(authority).unwrap();
    sendmart::model::Upn::make(authority, "0001", 78, "301").unwrap().to_string()
}

#[test]
fn an_invalid_identifier_is_a_fault_and_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let (known, unknown) = (upn("933"), upn("999"));
    let rows = ROWS.replace("a933000178301", &known.to_lowercase()).replace("A999000178301", &unknown);
    let (book, accepted, faults) = conformed(folder.path(), &rows);
    assert!(book.balances());
    assert_eq!((book.rows_read, book.rows_accepted, book.rows_quarantined), (8, 5, 3));

    let value = |row: usize, column: &str| accepted[row][column].as_str();
    assert_eq!(value(0, "upn"), known, "case is normalised");
    assert_eq!(value(0, "uln"), "1000102504", "a whole number as a float");
    assert_eq!(value(0, "nhs_number"), "9434765919", "as it is printed");
    assert_eq!(value(0, "postcode"), "TA1 4DY");
    assert_eq!(value(0, "laestab"), "9337006");
    assert_eq!(value(0, "ukprn"), "10017649");
    assert_eq!(value(1, "former_upn"), "21db2df8-fa0", "the text as it stands");
    assert_eq!(value(1, "uln"), "0ec98ce2-5");
    assert_eq!(value(1, "postcode"), "TA1 ODY");
    assert_eq!(value(1, "level"), "Schule");
    assert_eq!(value(2, "former_upn"), unknown);

    let told =
        |fault: &Row| format!("{} {} {}: {}\n", fault["cell"], fault["severity"], fault["rule_id"], fault["message"]);
    insta::assert_snapshot!(faults.iter().map(told).collect::<String>());
    for fault in faults.iter().filter(|fault| fault["rule_id"].contains("::")) {
        let raw = &fault["raw_value"];
        assert!(!raw.is_empty(), "the quarantine keeps the text: {fault:?}");
        assert!(!fault["message"].contains(raw.as_str()) && !fault["hint"].contains(raw.as_str()), "{fault:?}");
    }
}

#[test]
fn a_contract_that_asks_for_what_cannot_be_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    conformed(folder.path(), ROWS);
    let contract = CONTRACT
        .replace("row = { type = \"text\"", "row = { type = \"integer\", invalid = \"query\"")
        .replace("ukprn = { type = \"ukprn\"", "ukprn = { type = \"ukprn\", codes = \"la\"")
        .replace("nhs_number = { type = \"nhs_number\"", "nhs_number = { type = \"nhs_nummer\"");
    fs::write(folder.path().join("pipelines/pupils/tables/pupil.toml"), contract).unwrap();
    let problems = sendmart::definitions::load(folder.path(), None).unwrap_err().to_string();
    insta::assert_snapshot!(problems.replace(&folder.path().display().to_string(), "PLACE"));
}

/// Rule 1530 names the codes that a UPN may carry; those of 2023 are newer than its text.
#[test]
fn the_list_of_authorities_is_that_of_the_published_rule() {
    let rule = [
        (1, 5),
        (201, 213),
        (301, 320),
        (330, 336),
        (340, 344),
        (350, 359),
        (370, 373),
        (380, 384),
        (390, 394),
        (420, 420),
        (660, 681),
        (701, 708),
        (800, 803),
        (805, 808),
        (810, 813),
        (815, 816),
        (820, 823),
        (825, 826),
        (830, 831),
        (835, 841),
        (845, 846),
        (850, 852),
        (855, 857),
        (860, 861),
        (865, 896),
        (908, 909),
        (916, 916),
        (919, 919),
        (921, 921),
        (925, 926),
        (928, 929),
        (931, 931),
        (933, 933),
        (935, 938),
        (940, 943),
    ];
    let rule: Vec<String> =
        rule.into_iter().flat_map(|(first, last)| first..=last).map(|code| format!("{code:03}")).collect();
    let listed = fs::read_to_string(crate::checkout().join("config/codes/la.csv")).unwrap();
    let listed: Vec<&str> = listed.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert_eq!(listed, rule);
}

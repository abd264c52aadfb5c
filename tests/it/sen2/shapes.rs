//! One invented return, written in each shape by code.

use std::fmt::Write as _;

use rust_xlsxwriter::{Format, Workbook, Worksheet};

use super::fields::{Field, MODULES, Module};

/// A value before it is written.
#[derive(Clone, Copy)]
pub(super) enum Value {
    None,
    Text(&'static str),
    Whole(i32),
    Flag(bool),
    Day(i32, u8, u8),
}
use Value::{Day, Flag, None as N, Text, Whole};

/// A row of a module: its person and request, and its values by blade label.
pub(super) struct Row {
    person: u32,
    request: u32,
    values: Vec<(&'static str, Value)>,
}

/// A return of one version.
pub(super) struct Content {
    version: u8,
    rows: Vec<Vec<Row>>,
    /// A label of the template to write otherwise.
    pub(super) rename: Option<(&'static str, &'static str)>,
}

impl Content {
    /// An invented return of version 1.`version`. Some requests have no assessment, one plan has two settings.
    pub(super) fn invented(version: u8) -> Self {
        let row = |person, request, values: &[(&'static str, Value)]| Row { person, request, values: values.to_vec() };
        let header = row(
            0,
            0,
            &[
                ("lea", Text("933")),
                ("collection", Text("SEN2")),
                ("year", Whole(2025)),
                ("referencedate", Day(2025, 1, 16)),
                ("sourcelevel", Text("L")),
                ("softwarecode", Text("Sample & Son")),
                ("serialno", Whole(2)),
                ("datetime", Day(2025, 2, 28)),
                ("dmo", Text("Designated A")),
                ("dco", Text("Designated B")),
                ("dsco", Text("Designated C")),
            ],
        );
        let persons = vec![
            row(
                1,
                0,
                &[
                    ("surname", Text("Sample1")),
                    ("forename", Text("Robin")),
                    ("personbirthdate", Day(2012, 5, 2)),
                    ("gendercurrent", Text("F")),
                    ("sex", Text("F")),
                    ("ethnicity", Text("WBRI")),
                    ("postcode", Text("TA1 4DY")),
                    ("upn", Text("H933200117001")),
                ],
            ),
            row(
                2,
                0,
                &[
                    ("surname", Text("O'Sample")),
                    ("forename", Text("Kim")),
                    ("personbirthdate", Day(2005, 8, 31)),
                    ("gendercurrent", Text("M")),
                    ("sex", Text("M")),
                    ("ethnicity", Text("ABRI")),
                    ("uniquelearnernumber", Text("1000102504")),
                ],
            ),
            row(
                3,
                0,
                &[
                    ("surname", Text("Sample <3>")),
                    ("forename", Text("Lee")),
                    ("personbirthdate", Day(2021, 9, 1)),
                    ("gendercurrent", Text("M")),
                    ("sex", Text("M")),
                    ("upnunknown", Text("UN1")),
                ],
            ),
        ];
        let requests = vec![
            row(
                1,
                1,
                &[
                    ("receiveddate", Day(2024, 1, 8)),
                    ("requestsource", Whole(2)),
                    ("rya", Flag(false)),
                    ("requestoutcome", Text("Y")),
                    ("requestoutcomedate", Day(2024, 2, 16)),
                    ("requestmediation", Flag(false)),
                    ("requesttribunal", Flag(false)),
                ],
            ),
            row(
                2,
                2,
                &[
                    ("receiveddate", Day(2024, 3, 1)),
                    ("requestsource", Whole(1)),
                    ("rya", Flag(true)),
                    ("requestoutcome", Text("N")),
                    ("requestoutcomedate", Day(2024, 4, 12)),
                    ("requestmediation", Flag(true)),
                    ("requesttribunal", Flag(false)),
                ],
            ),
            row(
                2,
                3,
                &[
                    ("receiveddate", Day(2018, 3, 1)),
                    ("requestsource", Whole(5)),
                    ("requestoutcome", Text("H")),
                    ("exported", Text("N")),
                ],
            ),
            row(
                3,
                4,
                &[
                    ("receiveddate", Day(2024, 12, 20)),
                    ("requestsource", Whole(3)),
                    ("rya", Flag(false)),
                    ("requestoutcome", Text("A")),
                ],
            ),
        ];
        let assessments = vec![
            row(
                1,
                1,
                &[
                    ("assessmentoutcome", Text("Y")),
                    ("assessmentoutcomedate", Day(2024, 5, 24)),
                    ("assessmentmediation", Flag(false)),
                    ("assessmenttribunal", Flag(false)),
                    ("othermediation", Flag(false)),
                    ("othertribunal", Flag(true)),
                    ("week20", Flag(false)),
                ],
            ),
            row(2, 3, &[("assessmentoutcome", Text("H"))]),
        ];
        let plans = vec![
            row(
                1,
                1,
                &[
                    ("startdate", Day(2024, 5, 24)),
                    ("planres", Text("A")),
                    ("planwbp", Text("I")),
                    ("pb", Flag(true)),
                    ("oa", Flag(true)),
                    ("dp", Text("Y")),
                ],
            ),
            row(
                2,
                3,
                &[
                    ("startdate", Day(2018, 7, 18)),
                    ("pb", Flag(false)),
                    ("ceasedate", Day(2024, 11, 30)),
                    ("ceasereason", Whole(4)),
                ],
            ),
        ];
        let details = vec![
            row(
                1,
                1,
                &[
                    ("urn", Text("123999")),
                    ("placementrank", Whole(1)),
                    ("senunitindicator", Flag(true)),
                    ("resourcedprovisionindicator", Flag(false)),
                ],
            ),
            row(
                1,
                1,
                &[
                    ("sensetting", Text("OTH")),
                    ("sensettingother", Text("Forest school, \"Fridays\"")),
                    ("placementrank", Whole(2)),
                ],
            ),
            row(2, 3, &[("ukprn", Text("10001234")), ("placementrank", Whole(1))]),
        ];
        let active = vec![
            row(
                1,
                1,
                &[
                    ("transferla", Text("803")),
                    ("res", Text("B")),
                    ("wbp", Text("T")),
                    ("reviewmeeting", Day(2024, 10, 3)),
                    ("reviewoutcome", Text("M")),
                    ("lastreview", Day(2024, 10, 29)),
                    ("reviewdraft", N),
                    ("phasetransferduedate", Day(2025, 2, 15)),
                    ("phasetransferfinaldate", Day(2025, 1, 10)),
                ],
            ),
            row(2, 3, &[("lastreview", Day(2024, 6, 4))]),
        ];
        let placements = vec![
            row(
                1,
                1,
                &[
                    ("urn", Text("123999")),
                    ("placementrank", Whole(1)),
                    ("entrydate", Day(2024, 6, 3)),
                    ("attendancepattern", Text("F")),
                    ("senunitindicator", Flag(true)),
                    ("resourcedprovisionindicator", Flag(false)),
                    ("res", Text("B")),
                    ("wbp", Text("T")),
                ],
            ),
            row(
                2,
                3,
                &[
                    ("sensetting", Text("NEET")),
                    ("placementrank", Whole(1)),
                    ("entrydate", Day(2024, 7, 1)),
                    ("leavingdate", Day(2024, 12, 31)),
                ],
            ),
        ];
        let needs = vec![
            row(1, 1, &[("sentype", Text("ASD")), ("sentyperank", Whole(1))]),
            row(1, 1, &[("sentype", Text("SLCN")), ("sentyperank", Whole(2))]),
            row(2, 3, &[("sentype", Text("SEMH")), ("sentyperank", Whole(1))]),
        ];
        let rows = vec![vec![header], persons, requests, assessments, plans, details, active, placements, needs];
        Self { version, rows, rename: None }
    }

    /// Rows of all modules.
    pub(super) fn rows(&self) -> usize {
        self.rows.iter().map(Vec::len).sum()
    }

    fn modules(&self) -> impl Iterator<Item = (&'static Module, &[Row], Vec<&'static Field>)> {
        MODULES.iter().zip(&self.rows).map(|(module, rows)| {
            let of_version = |field: &&Field| (field.since..=field.until).contains(&self.version);
            (module, rows.as_slice(), module.fields.iter().filter(of_version).collect())
        })
    }
}

impl Row {
    fn value(&self, field: &Field) -> Value {
        self.values.iter().find(|(label, _)| *label == field.blade).map_or(N, |(_, value)| *value)
    }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Nine CSVs, as COLLECT exports them.
pub(super) fn blade(content: &Content) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for (module, rows, fields) in content.modules() {
        let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        let mut header = vec![
            format!("{}tableid", module.blade),
            "NativeId".into(),
            format!("{}orderseqcolumn", module.blade),
            "sourceid".into(),
        ];
        if !module.parent.is_empty() {
            header.push(format!("{}tableid", module.parent));
        }
        header.extend(fields.iter().map(|field| field.blade.to_owned()));
        out.write_record(&header).unwrap();
        for (index, row) in rows.iter().enumerate() {
            // In the shapes without row ids of their own, what is below a request is known by it.
            let own = if module.table == "person" { row.person } else { row.request };
            let parent = if module.table == "request" { row.person } else { row.request };
            let mut record = vec![own.to_string(), "933".into(), (index + 1).to_string(), format!("source{index}")];
            if !module.parent.is_empty() {
                record.push(parent.to_string());
            }
            record.extend(fields.iter().map(|field| match row.value(field) {
                N => String::new(),
                Text(text) => text.to_owned(),
                Whole(whole) => whole.to_string(),
                Flag(flag) => if flag { "True" } else { "False" }.to_owned(),
                Day(year, month, day) => format!("{year}-{}-{day:02} 00:00:00", MONTHS[usize::from(month) - 1]),
            }));
            out.write_record(&record).unwrap();
        }
        files.push((format!("Blade-Export_28-02-2025_{}.csv", module.blade), out.into_inner().unwrap()));
    }
    files
}

/// One sheet with nine tables, one below the other.
pub(super) fn template(content: &Content) -> Vec<u8> {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("Guidance").unwrap().write(0, 0, "Person Record: see the guide").unwrap();
    let sheet = workbook.add_worksheet().set_name("Data Entry Template").unwrap();
    let mut at = 2;
    for (module, rows, fields) in content.modules() {
        sheet.write(at, 0, module.title).unwrap();
        let person = "Person ID\n\n(This must match the relevant ID in the Person record table)";
        let request = "Requests record ID\n\n(This must match the relevant ID in the Requests table)";
        let ids: &[&str] = match module.table {
            "sen2_return" => &[],
            "person" => &["Person ID\n\n(This must be a unique ID for each Person record)"],
            "request" => &["Requests record ID\n\n(This must be a unique ID for each Requests record)", person],
            _ => &[person, request],
        };
        let la: &[&str] = if ids.is_empty() { &[] } else { &["LA\n(From Header Record)"] };
        let labels =
            ["Record Type"].iter().chain(ids).chain(la).copied().chain(fields.iter().map(|field| field.template));
        for (column, label) in (0..).zip(labels) {
            let label = content.rename.filter(|(from, _)| *from == label).map_or(label, |(_, to)| to);
            sheet.write(at + 1, column, label).unwrap();
        }
        for (line, row) in (at + 2..).zip(rows) {
            sheet.write(line, 0, module.element).unwrap();
            let ids: Vec<u32> = match module.table {
                "sen2_return" => vec![],
                "person" => vec![row.person],
                "request" => vec![row.request, row.person],
                _ => vec![row.person, row.request],
            };
            let mut column = 1;
            for id in &ids {
                sheet.write(line, column, f64::from(*id)).unwrap();
                column += 1;
            }
            if !ids.is_empty() {
                sheet.write(line, column, 933).unwrap();
                column += 1;
            }
            for (column, field) in (column..).zip(&fields) {
                match row.value(field) {
                    Day(year, month, day) if field.blade == "datetime" => {
                        write_day(sheet, line, column, (year, month, day), 0.42);
                    }
                    Day(year, month, day) => write_text(sheet, line, column, &format!("{year}-{month:02}-{day:02}")),
                    other => write_value(sheet, line, column, other),
                }
            }
        }
        at += 2 + u32::try_from(rows.len()).unwrap() + 2;
    }
    workbook.save_to_buffer().unwrap()
}

/// One sheet a module, without the header record; dates are dates.
pub(super) fn sheets(content: &Content) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (module, rows, fields) in content.modules().filter(|(module, ..)| !module.sheet.is_empty()) {
        let sheet = workbook.add_worksheet().set_name(module.sheet).unwrap();
        let ids: &[&str] = match module.table {
            "person" => &["persontableid"],
            "request" => &["requeststableid", "persontableid"],
            _ => &["persontableid", "requeststableid"],
        };
        for (column, label) in (0..).zip(ids.iter().copied().chain(fields.iter().map(|field| field.sheets))) {
            sheet.write(0, column, label).unwrap();
        }
        for (line, row) in (1..).zip(rows) {
            for (column, id) in (0..).zip(ids) {
                sheet
                    .write(line, column, f64::from(if *id == "persontableid" { row.person } else { row.request }))
                    .unwrap();
            }
            for (column, field) in (u16::try_from(ids.len()).unwrap()..).zip(&fields) {
                match row.value(field) {
                    Day(year, month, day) => write_day(sheet, line, column, (year, month, day), 0.0),
                    other => write_value(sheet, line, column, other),
                }
            }
        }
    }
    workbook.save_to_buffer().unwrap()
}

fn write_text(sheet: &mut Worksheet, line: u32, column: u16, text: &str) {
    sheet.write(line, column, text).unwrap();
}

fn write_day(sheet: &mut Worksheet, line: u32, column: u16, (year, month, day): (i32, u8, u8), time: f64) {
    let year = i16::try_from(year).unwrap();
    let date = jiff::civil::date(year, i8::try_from(month).unwrap(), i8::try_from(day).unwrap());
    let serial = jiff::civil::date(1899, 12, 30).until(date).unwrap().get_days();
    let format = Format::new().set_num_format(if time > 0.0 { "yyyy-mm-dd hh:mm:ss" } else { "dd/mm/yyyy" });
    sheet.write_with_format(line, column, f64::from(serial) + time, &format).unwrap();
}

fn write_value(sheet: &mut Worksheet, line: u32, column: u16, value: Value) {
    match value {
        N => {}
        // A number where the text is one: that is how ids and codes stand in workbooks.
        Text(text) => match text.parse::<f64>() {
            Ok(number) => drop(sheet.write(line, column, number).unwrap()),
            Err(_) => write_text(sheet, line, column, text),
        },
        Whole(whole) => drop(sheet.write(line, column, f64::from(whole)).unwrap()),
        Flag(flag) => drop(sheet.write(line, column, f64::from(u8::from(flag))).unwrap()),
        Day(..) => unreachable!("days are written by their shape"),
    }
}

/// One XML file; children stand within their parents.
pub(super) fn xml(content: &Content) -> Vec<u8> {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Message>\n<Header>");
    let modules: Vec<_> = content.modules().collect();
    let leaf = |out: &mut String, row: &Row, field: &Field| {
        let text = match row.value(field) {
            N => return,
            Text(text) => text.replace('&', "&amp;").replace('<', "&lt;"),
            Whole(whole) => whole.to_string(),
            Flag(flag) => u8::from(flag).to_string(),
            Day(year, month, day) if field.blade == "datetime" => format!("{year}-{month:02}-{day:02}T10:04:05"),
            Day(year, month, day) => format!("{year}-{month:02}-{day:02}"),
        };
        write!(out, "<{0}>{text}</{0}>", field.xml).unwrap();
    };
    let (_, header, fields) = &modules[0];
    let details = ["collection", "year", "referencedate"];
    let officers = ["dmo", "dco", "dsco"];
    let part = |out: &mut String, name: &str, wanted: &dyn Fn(&Field) -> bool| {
        write!(out, "<{name}>").unwrap();
        fields.iter().filter(|field| wanted(field)).for_each(|field| leaf(out, &header[0], field));
        write!(out, "</{name}>").unwrap();
    };
    part(&mut out, "CollectionDetails", &|field| details.contains(&field.blade));
    part(&mut out, "Source", &|field| !details.contains(&field.blade) && !officers.contains(&field.blade));
    part(&mut out, "SEN2", &|field| officers.contains(&field.blade));
    out.push_str("</Header>\n<Persons>\n");
    for person in modules[1].1 {
        element(&mut out, &modules, 1, person, &leaf);
    }
    out.push_str("</Persons>\n</Message>\n");
    out.into_bytes()
}

type Parts<'c> = (&'static Module, &'c [Row], Vec<&'static Field>);

fn element(out: &mut String, modules: &[Parts<'_>], index: usize, row: &Row, leaf: &dyn Fn(&mut String, &Row, &Field)) {
    let (module, _, fields) = &modules[index];
    write!(out, "<{}>", module.element).unwrap();
    for field in fields {
        leaf(out, row, field);
    }
    for (child, (of, rows, _)) in modules.iter().enumerate().filter(|(_, (of, ..))| of.parent == module.blade) {
        let belongs = |below: &&Row| {
            if of.table == "request" { below.person == row.person } else { below.request == row.request }
        };
        for below in rows.iter().filter(belongs) {
            element(out, modules, child, below, leaf);
        }
    }
    writeln!(out, "</{}>", module.element).unwrap();
}

//! The workbooks of a pack: each rule of the checklist for accessible spreadsheets held against the written file; formulas and charts.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use regex::Regex;

use crate::pack::{packs, values};

/// The parts of a workbook as text.
fn parts(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = BTreeMap::new();
    for index in 0..zip.len() {
        let mut member = zip.by_index(index).unwrap();
        let mut text = String::new();
        member.read_to_string(&mut text).unwrap();
        parts.insert(member.name().unwrap().to_string(), text);
    }
    parts
}

/// The sheets in their order, with the part of each.
fn sheets(parts: &BTreeMap<String, String>) -> Vec<(String, &str)> {
    let name = Regex::new(r#"<sheet name="([^"]+)" sheetId="(\d+)"([^>]*)/>"#).unwrap();
    name.captures_iter(&parts["xl/workbook.xml"])
        .map(|found| {
            assert!(!found[3].contains("hidden"), "{} is hidden", &found[1]);
            (found[1].to_owned(), parts[&format!("xl/worksheets/sheet{}.xml", &found[2])].as_str())
        })
        .collect()
}

fn cells(bytes: &[u8], sheet: &str) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    assert_eq!(range.start(), Some((0, 0)), "{sheet} begins at A1");
    range.rows().map(<[Data]>::to_vec).collect()
}

fn attribute<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let at = text.find(&format!(" {name}=\""))? + name.len() + 3;
    text[at..].split('"').next()
}

#[test]
fn the_accessible_workbook_keeps_every_rule_of_the_checklist() {
    let bytes = &packs().first["pack-accessible.xlsx"];
    let parts = parts(bytes);
    let sheets = sheets(&parts);
    // Cover, contents, notes and symbols come first.
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[..5], ["Cover", "Contents", "Notes", "Symbols", "Newest"]);
    assert!(names.len() > 10, "{names:?}");
    // Title and author are set; no macros, drawings, images, comments or links to other files.
    let core = &parts["docProps/core.xml"];
    assert!(
        core.contains("<dc:title>SEND Partnership Board: figures for the meeting of 20 November 2026</dc:title>"),
        "{core}"
    );
    assert!(core.contains("<dc:creator>Somerset</dc:creator>"), "{core}");
    for part in parts.keys() {
        for forbidden in ["drawing", "chart", "media", "vba", "comment", "externalLink", "pivot"] {
            assert!(!part.contains(forbidden), "{part}");
        }
    }
    // No fill, border, italics, underline but of links, strike-through, or letters above or below the line.
    let styles = &parts["xl/styles.xml"];
    assert_eq!(
        Regex::new("<patternFill patternType=\"([a-z0-9]+)\"")
            .unwrap()
            .captures_iter(styles)
            .map(|found| found[1].to_owned())
            .collect::<BTreeSet<_>>(),
        BTreeSet::from(["gray125".to_owned(), "none".to_owned()])
    );
    for forbidden in ["<strike", "<i/>", "vertAlign", "<fgColor", "textRotation", "<dxf>"] {
        assert!(!styles.contains(forbidden), "{forbidden}");
    }
    let (mut tables_of_file, mut notes_used, mut symbols_used) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let note = Regex::new(r"\[note (\d+)\]").unwrap();
    let symbol = Regex::new(r"\[(?:[a-z]|low|partial)\]").unwrap();
    let part_of_table = Regex::new(r"tables/table(\d+)\.xml").unwrap();
    for (at, (name, xml)) in sheets.iter().enumerate() {
        for forbidden in [
            "<mergeCell",
            "<autoFilter",
            "<pane ",
            "hidden=\"1\"",
            "<drawing",
            "<picture",
            "<dataValidation",
            "<conditionalFormatting",
            "<f>",
            "outlineLevel",
            "<sheetProtection",
        ] {
            assert!(!xml.contains(forbidden), "{name} has {forbidden}");
        }
        // A1 is where each sheet opens, and the first sheet is the one that is open.
        assert!(!xml.contains("<selection") || xml.contains("activeCell=\"A1\""), "{name}");
        assert_eq!(xml.contains("tabSelected=\"1\""), at == 0, "{name}");
        let rows = cells(bytes, name);
        // Whoever reads down column A meets no gap.
        for (line, row) in rows.iter().enumerate() {
            assert!(!row[0].to_string().trim().is_empty(), "{name}: row {} begins with a blank", line + 1);
        }
        if name == "Cover" {
            assert!(rows.iter().any(|row| row[0].to_string().contains("Restricted edition")));
            continue;
        }
        assert_eq!(xml.matches("<tablePart ").count(), 1, "{name} has one table");
        let relations = &parts[&format!("xl/worksheets/_rels/sheet{}.xml.rels", at + 1)];
        let number = &part_of_table.captures(relations).unwrap()[1];
        let table = &parts[&format!("xl/tables/table{number}.xml")];
        assert!(!table.contains("<autoFilter") && !table.contains("totalsRowCount=\""), "{name}: {table}");
        let table_name = attribute(table, "displayName").unwrap();
        assert!(table_name.starts_with("table_") && tables_of_file.insert(table_name.to_owned()), "{table_name}");
        // The table begins below the lines of the sheet and ends with it: nothing is below or beside it.
        let (first, last) = attribute(table, "ref").unwrap().split_once(':').unwrap();
        let line =
            |cell: &str| cell.trim_start_matches(|letter: char| letter.is_ascii_uppercase()).parse::<usize>().unwrap();
        assert_eq!((first, line(last)), ("A5", rows.len()), "{name}");
        let heads: Vec<String> = rows[4].iter().map(ToString::to_string).collect();
        assert_eq!(heads.iter().collect::<BTreeSet<_>>().len(), heads.len(), "{name}: {heads:?}");
        for (line, row) in rows.iter().enumerate().skip(4) {
            for (head, cell) in heads.iter().zip(row) {
                let text = cell.to_string();
                assert!(!text.trim().is_empty() && text == text.trim(), "{name}: {head} in row {} is blank", line + 1);
                assert!(!matches!(cell, Data::Error(_)), "{name}: {head} in row {}", line + 1);
                if name != "Notes" && name != "Symbols" {
                    notes_used.extend(note.captures_iter(&text).map(|found| found[1].parse::<usize>().unwrap()));
                    symbols_used.extend(symbol.find_iter(&text).map(|found| found.as_str().to_owned()));
                }
            }
        }
        // Lines above the table are in column A alone.
        assert!(rows[..4].iter().all(|row| row[1..].iter().all(|cell| *cell == Data::Empty)), "{name}");
    }
    // Every note and symbol that is used is explained, and no other.
    let first_column =
        |sheet: &str| -> Vec<String> { cells(bytes, sheet)[5..].iter().map(|row| row[0].to_string()).collect() };
    let noted: BTreeSet<usize> = first_column("Notes").iter().map(|text| text.parse().unwrap()).collect();
    assert_eq!(noted, notes_used);
    assert_eq!(first_column("Symbols").into_iter().collect::<BTreeSet<_>>(), symbols_used);
    // Contents lists the others in their order, each with a link.
    assert_eq!(first_column("Contents"), names[2..]);
    assert_eq!(sheets[1].1.matches("<hyperlink ").count(), names.len() - 2);
}

/// Both workbooks have the figures of `values.csv`, and the working one formulas and charts that can be used.
#[test]
fn workbooks_have_the_figures_of_the_pack() {
    let packs = packs();
    let totals: Vec<f64> = values(&packs.first)
        .iter()
        .filter(|row| row["breakdown"] == "total" && row["geography_level"] != "school")
        .filter_map(|row| row["value"].parse().ok())
        .collect();
    for (file, skipped) in [("pack-accessible.xlsx", 5), ("pack-working.xlsx", 1)] {
        let rows = cells(&packs.first[file], "Series");
        let at = rows[skipped - 1].iter().position(|head| *head == "Value").unwrap();
        let found: Vec<f64> = rows[skipped..]
            .iter()
            .filter_map(|row| if let Data::Float(value) = row[at] { Some(value) } else { None })
            .collect();
        assert_eq!(found, totals, "{file}");
    }
    let bytes = &packs.first["pack-working.xlsx"];
    let parts = parts(bytes);
    let charts = parts.keys().filter(|part| part.starts_with("xl/charts/chart")).count();
    assert!(charts > 30, "{charts}");
    let drawing = &parts["xl/drawings/drawing1.xml"];
    let text = Regex::new(r#"<xdr:cNvPr [^>]*descr="([^"]*)""#).unwrap();
    let texts: Vec<&str> = text.captures_iter(drawing).map(|found| found.get(1).unwrap().as_str()).collect();
    assert_eq!(texts.len(), charts);
    assert!(texts.iter().all(|text| !text.is_empty()));
    let sheets = sheets(&parts);
    let rows = cells(bytes, "Series");
    let column = |name: &str| rows[0].iter().position(|head| *head == name).unwrap();
    let figure =
        |row: &Vec<Data>, name: &str| if let Data::Float(value) = row[column(name)] { Some(value) } else { None };
    let mut compared = 0;
    for row in &rows[1..] {
        let want = figure(row, "Numerator").zip(figure(row, "Denominator")).filter(|(_, of)| *of != 0.0);
        if let Some((numerator, denominator)) = want {
            let reckoned = figure(row, "Reckoned").unwrap();
            assert!((reckoned - numerator / denominator * figure(row, "Times").unwrap()).abs() < 1e-6, "{row:?}");
            compared += 1;
        }
        // What is not there is a gap of the chart.
        assert_eq!(figure(row, "Value"), figure(row, "To plot"), "{row:?}");
    }
    assert!(compared > 500, "{compared}");
    let series = sheets.iter().find(|(name, _)| name == "Series").unwrap().1;
    assert!(series.contains("<f>IF(ISNUMBER(F2),F2,NA())</f>"));
    for (name, xml) in &sheets {
        assert!(["Read me", "Charts"].contains(&name.as_str()) || xml.contains("<tablePart "), "{name}");
    }
}

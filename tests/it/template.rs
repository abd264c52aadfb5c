//! `sendmart template`: what is written loads back.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use calamine::{Reader, Xlsx, open_workbook};

use crate::sendmart;

/// The collections whose tables arrive in workbooks, with the sheets to fill in.
const TEMPLATES: [(&str, &str, usize); 10] = [
    ("annual_review_contributions", "a.xlsx", 1),
    ("assessment_advice", "a.xlsx", 1),
    ("ehcp_audit", "a.xlsx", 1),
    ("graduated_response", "a.xlsx", 2),
    ("inclusion_discussions", "a.xlsx", 1),
    ("workforce_posts", "a.xlsx", 1),
    ("workforce_caseload", "a.xlsx", 1),
    ("exclusions", "log 2025-26.xlsx", 12),
    ("sen2", "sen2 2026.xlsx", 8),
    ("school_census", "2025_spring_census.xlsx", 11),
];

fn written(place: &Path, collection: &str, name: &str) -> std::path::PathBuf {
    let folder = place.join("inbox").join(collection);
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    let (code, out, err) = sendmart(place, &["template", collection, "--out", path.to_str().unwrap()]);
    assert_eq!(code, 0, "{out}{err}");
    path
}

fn place_with_key() -> (tempfile::TempDir, std::path::PathBuf, tempfile::TempDir) {
    let (folder, place) = crate::place();
    let secret = tempfile::tempdir().unwrap();
    let key = secret.path().join("key");
    let (code, _, err) = sendmart(&place, &["key", "new", "--file", key.to_str().unwrap()]);
    assert_eq!(code, 0, "{err}");
    fs::write(place.join("here.toml"), format!("[privacy]\nkey = \"{}\"\n", key.display())).unwrap();
    (folder, place, secret)
}

fn run(place: &Path, arguments: &[&str]) -> (i32, String, String) {
    let config = place.join("here.toml");
    sendmart(place, &[&["--config", config.to_str().unwrap()], arguments].concat())
}

/// Puts rows below the header of a sheet, as Excel would: a number in a column of dates takes the column's style.
fn fill(path: &Path, sheet: usize, first_row: usize, rows: &[&[&str]]) {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        parts.push((part.name().unwrap().into_owned(), bytes));
    }
    let name = format!("xl/worksheets/sheet{sheet}.xml");
    let part = parts.iter_mut().find(|(part, _)| *part == name).unwrap();
    let text = String::from_utf8(part.1.clone()).unwrap();
    // Neighbours of one style share an element: `<col min="2" max="4" … style="3"/>`.
    let mut styles: Vec<&str> = Vec::new();
    for column in text.split("<col ").skip(1) {
        let value = |name: &str| column.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap();
        styles.resize(value("max").parse().unwrap(), value("style"));
    }
    let mut cells = String::new();
    for (offset, row) in rows.iter().enumerate() {
        let number = first_row + offset;
        cells.push_str(&format!("<row r=\"{number}\">"));
        for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let at = format!("{}{number}", char::from(b'A' + u8::try_from(column).unwrap()));
            let style = styles[column];
            match cell.strip_prefix('#') {
                Some(value) => cells.push_str(&format!("<c r=\"{at}\" s=\"{style}\"><v>{value}</v></c>")),
                None => cells.push_str(&format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>")),
            }
        }
        cells.push_str("</row>");
    }
    part.1 = text.replace("</sheetData>", &format!("{cells}</sheetData>")).into_bytes();
    let mut archive = zip::ZipWriter::new(fs::File::create(path).unwrap());
    for (name, bytes) in parts {
        archive.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(&bytes).unwrap();
    }
    archive.finish().unwrap();
}

#[test]
fn every_template_is_in_the_layout_that_it_was_made_from() {
    let (_folder, place, _secret) = place_with_key();
    for (collection, name, sheets) in TEMPLATES {
        let path = written(&place, collection, name);
        let names = open_workbook::<Xlsx<_>, _>(&path).unwrap().sheet_names();
        assert_eq!(names[0], "Instructions");
        let to_fill = names.iter().filter(|name| !["Instructions", "Lists"].contains(&name.as_str())).count();
        assert_eq!(to_fill, sheets, "{collection}: {names:?}");
    }
    let (code, out, err) = run(&place, &["run"]);
    assert_eq!(code, 0, "{out}{err}");
    let (_, out, _) = run(&place, &["faults"]);
    assert!(!out.contains(".xlsx"), "a template has no fault: {out}");
    // A table that was proved has a part in the lake, with no rows here. The log of exclusions goes on over its sheets.
    let tables: usize =
        TEMPLATES.iter().map(|(collection, _, sheets)| if *collection == "exclusions" { 1 } else { *sheets }).sum();
    let mut parts = 0;
    for (collection, ..) in TEMPLATES {
        parts += fs::read_dir(place.join("var/lake/conformed").join(collection)).unwrap().count();
    }
    assert_eq!(parts, tables);
}

#[test]
fn what_is_filled_into_a_template_loads_without_a_fault() {
    let (_folder, place, _secret) = place_with_key();
    let path = written(&place, "graduated_response", "Graduated response.xlsx");
    fill(
        &path,
        2,
        2,
        &[&["990001", "2025 spring", "Used for some pupils", "Yes", "#6", "#4", "#1", "#2", "#45747", "No"]],
    );
    fill(
        &path,
        3,
        2,
        &[
            &[
                "0007",
                "990001",
                "M933234512345",
                "",
                "#45670",
                "Cognition and learning",
                "SEN support",
                "Plan of a cycle of SEN support",
                "#1",
                "#45747",
                "Another cycle follows",
                "SEN co-ordinator",
                "",
            ],
            &["0008", "990001", "", "00012", "#45671", "Complex medical", "Universal", "", "#1", "", "", "", ""],
        ],
    );
    let path = written(&place, "inclusion_discussions", "AID.xlsx");
    fill(
        &path,
        2,
        2,
        &[&[
            "001",
            "North",
            "#45573",
            "990012",
            "L933456798765",
            "Attendance",
            "#45562",
            "#45568",
            "Inclusion team",
            "Yes",
            "#1",
            "Police",
            "#45657",
            "Stays at the school",
        ]],
    );
    let (code, out, err) = run(&place, &["run"]);
    assert_eq!(code, 0, "{out}{err}");
    let (_, faults, _) = run(&place, &["faults"]);
    assert!(!faults.contains(".xlsx"), "{faults}");
    assert!(out.contains(" read = ") && out.contains(" + 0 quarantined + 0 skipped"), "{out}");
    let parts = |table: &str| fs::read_dir(place.join("var/lake/conformed").join(table)).unwrap().count();
    assert_eq!((parts("graduated_response"), parts("inclusion_discussions")), (2, 1));
}

#[test]
fn a_template_is_never_written_over_and_an_unknown_collection_is_told() {
    let (_folder, place) = crate::place();
    let path = written(&place, "workforce_posts", "posts.xlsx");
    let before = fs::read(&path).unwrap();
    let (code, _, err) = sendmart(&place, &["template", "workforce_posts", "--out", path.to_str().unwrap()]);
    assert_eq!(code, 2);
    assert!(err.contains("is already there"), "{err}");
    assert_eq!(fs::read(&path).unwrap(), before);
    let (code, _, err) = sendmart(&place, &["template", "workforce_post"]);
    assert_eq!(code, 1);
    assert!(err.contains("did you mean `workforce_posts`?"), "{err}");
    let (code, _, err) = sendmart(&place, &["template", "published_exclusions", "--out", "x.xlsx"]);
    assert_eq!(code, 2);
    assert!(err.contains("arrives in no workbook"), "{err}");
}

#[test]
fn a_template_is_the_same_bytes_each_time() {
    let (_folder, place) = crate::place();
    let first = written(&place, "ehcp_audit", "1.xlsx");
    let second = written(&place, "ehcp_audit", "2.xlsx");
    assert_eq!(fs::read(first).unwrap(), fs::read(second).unwrap());
}

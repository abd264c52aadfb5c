//! What `profile` says of delimited text that is not as most is: encodings without a mark, quotes, spaces, headers of two rows.

use std::fs;

use crate::sendmart;

/// What `profile` prints of a file with these arguments, or why it cannot.
fn profiled(bytes: &[u8], arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.csv");
    fs::write(&file, bytes).unwrap();
    let (_, out, problem) = sendmart(folder.path(), &[&["profile", file.to_str().unwrap()], arguments].concat());
    format!("{out}{problem}").replace(&folder.path().display().to_string(), "PLACE")
}

const ROWS: &str = "id,name,n\n1,North,10\n2,South,20\n3,East,30\n4,West,40\n";

#[test]
fn utf_16_without_a_mark_is_told_with_the_option_that_reads_it() {
    for (name, is_big) in [("utf-16le", false), ("utf-16be", true)] {
        let units = ROWS.encode_utf16().flat_map(|unit| if is_big { unit.to_be_bytes() } else { unit.to_le_bytes() });
        let bytes: Vec<u8> = units.collect();
        let told = profiled(&bytes, &[]);
        assert!(told.contains(&format!("as `--encoding {name}` does")) && told.contains("4 rows of data"), "{told}");
        let told = profiled(&bytes, &["--encoding", "utf-8"]);
        assert!(told.contains("looks like UTF-16") && told.contains(&format!("--encoding {name}")), "{told}");
        let told = profiled(&bytes, &["--encoding", name]);
        assert!(told.contains("4 rows of data") && !told.contains("byte-order mark"), "{told}");
    }
}

#[test]
fn a_quote_without_a_partner_is_told_with_its_place() {
    let last = ROWS.replace("2,South,20", "2,South,20\"").replace("3,East,30", "3,East,5\" pipe");
    let told = profiled(last.as_bytes(), &[]);
    assert!(told.contains("! A field holds a quote without a partner, which is read as it stands: C3, C4"), "{told}");
    let pair = ROWS.replace("1,North,10", "1,North,\"10").replace("3,East,30", "3,East,\"30");
    let told = profiled(pair.as_bytes(), &[]);
    assert!(
        told.contains("! A quote without a partner joins lines that look like records")
            && told.contains("lines 2 to 4"),
        "{told}"
    );
    assert!(told.contains("4 rows of data"), "{told}");
    let open = ROWS.replace("2,South,20", "2,South,\"20");
    let told = profiled(open.as_bytes(), &[]);
    assert!(told.contains("a quote opens on line 3 and nothing closes it"), "{told}");
    let told = profiled(open.as_bytes(), &["--quote", "none"]);
    assert!(told.contains("no quotes") && told.contains("4 rows of data"), "{told}");
    let apostrophes = ROWS.replace("North", "'North, and more'");
    let told = profiled(apostrophes.as_bytes(), &["--quote", "'"]);
    assert!(told.contains("quote `'`") && told.contains("3 columns"), "{told}");
    assert!(profiled(ROWS.as_bytes(), &["--quote", "''"]).contains("is not one ASCII character"));
    assert!(!profiled(ROWS.as_bytes(), &[]).contains("  ! "));
}

#[test]
fn a_draft_of_a_text_with_other_quotes_says_so_and_loads() {
    let folder = tempfile::tempdir().unwrap();
    for made in ["config/codes", "pipelines", "sql/marts", "sql/checks", "sql/kpis"] {
        fs::create_dir_all(folder.path().join(made)).unwrap();
    }
    fs::copy(crate::checkout().join("config/default.toml"), folder.path().join("config/default.toml")).unwrap();
    let file = folder.path().join("a.csv");
    fs::write(&file, ROWS.replace("North", "'North, and more'").replace("South", "5\" pipe")).unwrap();
    let (code, _, problem) =
        sendmart(folder.path(), &["new", "pipes", "--from", file.to_str().unwrap(), "--quote", "'"]);
    assert_eq!(code, 0, "{problem}");
    let layouts: Vec<_> = fs::read_dir(folder.path().join("pipelines/pipes/layouts")).unwrap().flatten().collect();
    let layout = fs::read_to_string(layouts[0].path()).unwrap();
    assert!(layout.contains("quote = \"'\""), "{layout}");
    let (code, out, problem) = sendmart(folder.path(), &["test", "pipes"]);
    assert_eq!(code, 0, "{out}{problem}");
}

#[test]
fn fields_between_spaces_are_found_and_text_is_left_alone() {
    let told = profiled(ROWS.replace(',', " ").as_bytes(), &[]);
    assert!(
        told.contains("delimiter space") && told.contains("4 rows of data") && told.contains("3 columns"),
        "{told}"
    );
    let told = profiled(b"note\nthis is a text\nof several words\nand of no fields at all\nin four lines\n", &[]);
    assert!(told.contains("delimiter `,`"), "{told}");
}

#[test]
fn a_row_of_groups_above_the_header_is_told() {
    let grouped = format!("Team,,Cases\n{}", ROWS.replace("id,name,n", "code,label,open"));
    let told = profiled(grouped.as_bytes(), &[]);
    assert!(told.contains("rows 1–2") || told.contains("Row 1 above the header"), "{told}");
    let titled = format!("Cases of 2025,,\n{ROWS}");
    assert!(!profiled(titled.as_bytes(), &[]).contains("above the header"));
}

//! Files whose structure a draft could guess away: what is drafted, what is asked, and what is then loaded.

use std::fs;
use std::path::{Path, PathBuf};

use crate::profiles::{confirm, empty_place};
use crate::{checkout, sendmart};

fn case(name: &str) -> PathBuf {
    checkout().join("../shared/cases/turn2").join(name)
}

/// A place with one collection `d`, drafted from a file.
struct Drafted {
    _keep: tempfile::TempDir,
    _keys: tempfile::TempDir,
    place: PathBuf,
    told: String,
}

impl Drafted {
    fn from(file: &Path) -> Self {
        let (keep, place) = empty_place();
        let (code, out, err) = sendmart(&place, &["new", "d", "--from", file.to_str().unwrap()]);
        assert_eq!(code, 0, "{out}{err}");
        let keys = tempfile::tempdir().unwrap();
        let key = keys.path().join("key").display().to_string();
        let (code, _, err) = sendmart(&place, &["key", "new", "--file", &key]);
        assert_eq!(code, 0, "{err}");
        fs::write(place.join("config/local.toml"), format!("[privacy]\nkey = \"{key}\"\n")).unwrap();
        let (code, said, err) = sendmart(&place, &["test", "d"]);
        assert_eq!(code, 0, "{said}{err}");
        Self { _keep: keep, _keys: keys, place, told: out }
    }

    fn read(&self, kind: &str) -> String {
        let folder = self.place.join("pipelines/d").join(kind);
        let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
    }

    fn deliver(&self, name: &str, bytes: &[u8]) {
        fs::create_dir_all(self.place.join("inbox/d")).unwrap();
        fs::write(self.place.join("inbox/d").join(name), bytes).unwrap();
    }

    fn run(&self) -> (i32, String) {
        let (code, out, err) = sendmart(&self.place, &["run"]);
        (code, out + &err)
    }

    fn ask(&self, sql: &str) -> String {
        let (code, out, err) = sendmart(&self.place, &["--json", "query", sql]);
        assert_eq!(code, 0, "{err}");
        out.trim().to_owned()
    }

    /// Confirms all that is asked, and loads the file.
    fn loaded(&self, file: &Path) -> String {
        confirm(&self.place, "d");
        self.deliver(file.file_name().unwrap().to_str().unwrap(), &fs::read(file).unwrap());
        let (code, told) = self.run();
        assert_eq!(code, 0, "{told}");
        told
    }
}

#[test]
fn rows_without_figures_are_rows_and_are_asked_about() {
    let file = case("drafts/07b_nil_returns.xlsx");
    let drafted = Drafted::from(&file);
    assert!(drafted.told.contains("rows 3, 6, 7 with a text in the first column alone"), "{}", drafted.told);
    assert!(!drafted.read("layouts").contains("banner ="), "{}", drafted.read("layouts"));
    let told = drafted.loaded(&file);
    assert!(told.contains("10 rows read = 10 accepted + 0 quarantined + 0 skipped"), "{told}");
    let blank = drafted.ask("SELECT count(*) AS n FROM mart.d WHERE staff_trained IS NULL");
    assert!(blank.contains('3'), "{blank}");
}

/// A workbook of rows of texts; a text of digits is written as a number.
fn workbook(path: &Path, rows: &[&[&str]], merged: Option<(u32, u16, u32, u16)>) {
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    if let Some((first_row, first, last_row, last)) = merged {
        page.merge_range(first_row, first, last_row, last, "", &rust_xlsxwriter::Format::new()).unwrap();
    }
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            match cell.parse::<f64>() {
                Ok(number) => page.write_number(row, column, number).unwrap(),
                Err(_) if cell.is_empty() => continue,
                Err(_) => page.write_string(row, column, *cell).unwrap(),
            };
        }
    }
    book.save(path).unwrap();
}

#[test]
fn nil_returns_at_the_end_are_no_notes_and_a_source_below_them_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("returns.xlsx");
    let rows: [&[&str]; 9] = [
        &["URN", "School", "Trained", "Plans", "Visits", "Days"],
        &["101001", "Ashcott", "4", "12", "1", "9"],
        &["101002", "Brent Knoll", "3", "11", "1", "8"],
        &["101003", "Cannington", "2", "10", "1", "7"],
        &["", "Dulverton", "1", "10", "1", "6"],
        &["101005", "Enmore"],
        &["", "Fitzhead"],
        &["Goathurst"],
        &["Source: the returns of the spring"],
    ];
    workbook(&file, &rows, None);
    let drafted = Drafted::from(&file);
    assert!(drafted.told.contains("row 9 below the table: left out as notes"), "{}", drafted.told);
    let told = drafted.loaded(&file);
    assert!(told.contains("8 rows read = 7 accepted + 0 quarantined + 1 skipped"), "{told}");
}

#[test]
fn a_text_that_heads_rows_of_numbers_or_is_merged_over_the_table_is_a_banner() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("regions.xlsx");
    let rows: [&[&str]; 7] = [
        &["Area", "Trained", "Plans"],
        &["North"],
        &["Ashcott", "4", "12"],
        &["Brent Knoll", "3", "11"],
        &["Cannington", "2", "10"],
        &["Dulverton", "1", "10"],
        &["Enmore"],
    ];
    workbook(&file, &rows, Some((1, 0, 1, 2)));
    // Enmore has no figures and heads no row: no row alone is then taken for a banner.
    let drafted = Drafted::from(&file);
    assert!(!drafted.read("layouts").contains("banner ="), "{}", drafted.read("layouts"));
    let told = drafted.loaded(&file);
    assert!(told.contains("6 rows read = 6 accepted + 0 quarantined + 0 skipped"), "{told}");
    workbook(&file, &rows[..5], Some((1, 0, 1, 2)));
    let drafted = Drafted::from(&file);
    assert!(drafted.read("layouts").contains("banner = \"banner\""), "{}", drafted.read("layouts"));
    assert!(drafted.told.contains("row 2 with a text alone: it is carried down"), "{}", drafted.told);
    let told = drafted.loaded(&file);
    assert!(told.contains("4 rows read = 3 accepted + 0 quarantined + 1 skipped"), "{told}");
    assert!(drafted.ask("SELECT count(*) AS n FROM mart.d WHERE banner = 'North'").contains('3'));
}

#[test]
fn codes_shown_by_a_number_format_are_taken_as_shown() {
    let file = case("drafts/08_padded_code.xlsx");
    let drafted = Drafted::from(&file);
    let (_, out, _) = sendmart(&drafted.place, &["profile", file.to_str().unwrap()]);
    assert!(out.contains("5 numbers that their format shows as codes: taken as shown"), "{out}");
    assert!(drafted.read("tables").contains("case_number = { type = \"text\""), "{}", drafted.read("tables"));
    assert!(drafted.read("tables").contains("key = [\"case_number\"]"), "{}", drafted.read("tables"));
    drafted.loaded(&file);
    let codes = drafted.ask("SELECT string_agg(case_number, ' ' ORDER BY _row) AS codes FROM mart.d");
    assert!(codes.contains("0000123 0000012 0000001 0004567 0000088"), "{codes}");
    let (_, cells, _) = sendmart(&drafted.place, &["cells", file.to_str().unwrap(), "--format", "csv"]);
    assert!(cells.contains("A2,padded,0000123"), "{cells}");
}

/// A spreadsheet of OpenDocument with one sheet of these rows.
fn open_document(path: &Path, rows: &str) {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(fs::File::create(path).unwrap());
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    archive.start_file("mimetype", stored).unwrap();
    archive.write_all(b"application/vnd.oasis.opendocument.spreadsheet").unwrap();
    archive.start_file("content.xml", stored).unwrap();
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content \
                xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
                xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
                xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" office:version=\"1.2\">\
                <office:body><office:spreadsheet><table:table table:name=\"Cases\">";
    write!(archive, "{head}{rows}</table:table></office:spreadsheet></office:body></office:document-content>").unwrap();
    archive.finish().unwrap();
}

#[test]
fn codes_of_open_document_are_taken_as_shown_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cases.ods");
    let text = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let number = |value: &str, shown: &str| {
        format!(
            "<table:table-cell office:value-type=\"float\" office:value=\"{value}\"><text:p>{shown}</text:p></table:table-cell>"
        )
    };
    let mut rows = format!("<table:table-row>{}{}{}</table:table-row>", text("Case"), text("LAESTAB"), text("Visits"));
    for (code, shown, estab, shown_estab) in [
        ("123", "0000123", "9332004", "933/2004"),
        ("45", "0000045", "9332005", "933/2005"),
        ("7", "0000007", "9332006", "933/2006"),
    ] {
        rows += &format!(
            "<table:table-row>{}{}{}</table:table-row>",
            number(code, shown),
            number(estab, shown_estab),
            number("1234", "1 234")
        );
    }
    open_document(&file, &rows);
    let drafted = Drafted::from(&file);
    drafted.loaded(&file);
    let found = drafted
        .ask("SELECT string_agg(\"case\" || ' ' || laestab || ' ' || visits, '; ' ORDER BY _row) AS found FROM mart.d");
    assert!(found.contains("0000123 9332004 1234; 0000045 9332005 1234; 0000007 9332006 1234"), "{found}");
}

#[test]
fn identifiers_that_became_powers_of_ten_have_their_type_and_are_refused_cell_by_cell() {
    let file = case("drafts/23b_sci_all.csv");
    let drafted = Drafted::from(&file);
    assert!(drafted.read("tables").contains("uln = { type = \"uln\""), "{}", drafted.read("tables"));
    assert!(drafted.told.contains("identifiers of `uln`: 20 cells are powers of ten"), "{}", drafted.told);
    confirm(&drafted.place, "d");
    drafted.deliver("ulns.csv", &fs::read(&file).unwrap());
    let (code, told) = drafted.run();
    assert_ne!(code, 0, "{told}");
    assert!(told.contains("20 of 20 rows are quarantined"), "{told}");
}

#[test]
fn lengths_of_time_are_hours_that_load_and_the_hint_names_the_line() {
    let file = case("drafts/27_hours.xlsx");
    let drafted = Drafted::from(&file);
    assert!(drafted.read("layouts").contains("duration = \"hours\""), "{}", drafted.read("layouts"));
    let told = drafted.loaded(&file);
    assert!(told.contains("4 rows read = 4 accepted + 0 quarantined + 0 skipped"), "{told}");
    let hours = drafted.ask("SELECT string_agg(hours_per_week::VARCHAR, ' ' ORDER BY _row) AS hours FROM mart.d");
    assert!(hours.contains("30.00 0.25 240.00 25.00"), "{hours}");
    // Without it, the fault says what to write.
    let layout = drafted.place.join("pipelines/d/layouts/d.toml");
    let text = fs::read_to_string(&layout).unwrap().replace(", duration = \"hours\"", "");
    fs::write(&layout, text).unwrap();
    drafted.run();
    let (_, faults, _) = sendmart(&drafted.place, &["faults", "list", "--latest"]);
    let (_, listed, _) = sendmart(&drafted.place, &["faults", "list"]);
    let all = faults + &listed;
    assert!(all.contains("cell::duration_instead"), "{all}");
}

#[test]
fn noise_is_drafted_as_the_decimals_that_a_person_typed() {
    let file = case("drafts/31_float_noise.csv");
    let drafted = Drafted::from(&file);
    let contract = drafted.read("tables");
    assert!(
        contract.contains("rate = { type = \"decimal(6,1)\"") && contract.contains("count = { type = \"integer\""),
        "{contract}"
    );
    drafted.loaded(&file);
    let found =
        drafted.ask("SELECT string_agg(rate::VARCHAR || ' ' || count, '; ' ORDER BY _row) AS found FROM mart.d");
    assert!(found.contains("7.0 12; 69.4 785; 0.1 3"), "{found}");
}

#[test]
fn days_that_may_be_the_other_way_round_are_asked_about() {
    let file = case("drafts/28b_ambiguous_dates.csv");
    let drafted = Drafted::from(&file);
    assert!(
        drafted.read("layouts").contains("{ what = \"dates\", column = \"registered\""),
        "{}",
        drafted.read("layouts")
    );
    let folder = tempfile::tempdir().unwrap();
    let sure = folder.path().join("sure.csv");
    fs::write(&sure, fs::read_to_string(&file).unwrap() + "T99,25/08/2026\n").unwrap();
    assert!(!Drafted::from(&sure).read("layouts").contains("what = \"dates\""));
}

/// A half file, then the whole one under its name, then a copy with one more line end.
#[test]
fn a_file_that_comes_half_and_then_whole_and_once_more_counts_once() {
    let file = case("quotes/40_month.csv");
    let whole = fs::read_to_string(&file).unwrap();
    let half: String = whole.split_inclusive('\n').take(181).collect();
    let drafted = Drafted::from(&file);
    assert!(drafted.told.contains("disposition: what does a later file do?"), "{}", drafted.told);
    confirm(&drafted.place, "d");
    for bytes in [half, whole.clone(), whole + "\n"] {
        drafted.deliver("month.csv", bytes.as_bytes());
        let (code, told) = drafted.run();
        assert_eq!(code, 0, "{told}");
    }
    // Whoever counts the rows counts each ref once.
    assert!(drafted.ask("SELECT count(*) AS n FROM mart.d").contains("400"));
}

/// The same deliveries where every one of them stands: the rows of the half file count twice, and that is told without a value.
#[test]
fn a_key_that_repeats_among_rows_that_stand_is_a_query() {
    let file = case("quotes/40_month.csv");
    let whole = fs::read_to_string(&file).unwrap();
    let half: String = whole.split_inclusive('\n').take(181).collect();
    let drafted = Drafted::from(&file);
    confirm(&drafted.place, "d");
    let contract = drafted.place.join("pipelines/d/tables/d.toml");
    let text = fs::read_to_string(&contract).unwrap();
    let text = text.replace("disposition = \"replace_period\"\nperiod = \"ref\"\n", "disposition = \"append\"\n");
    fs::write(&contract, text).unwrap();
    drafted.deliver("half.csv", half.as_bytes());
    let (code, told) = drafted.run();
    assert_eq!(code, 0, "{told}");
    assert!(!told.contains("key::repeated"), "{told}");
    drafted.deliver("whole.csv", whole.as_bytes());
    let (code, told) = drafted.run();
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("key::repeated"), "{told}");
    let (_, listed, _) = sendmart(&drafted.place, &["faults", "list"]);
    assert!(listed.contains("key::repeated"), "{listed}");
    let fault =
        drafted.ask("SELECT severity, table_name, message, hint FROM meta.fault WHERE rule_id = 'key::repeated'");
    for said in
        ["query", "180 keys (ref) of table `d.d` stand more than once, in 360 rows", "`half.csv` of", "`whole.csv` of"]
    {
        assert!(fault.contains(said), "{fault}");
    }
    assert!(!fault.contains("C00"), "{fault}");
    assert!(drafted.ask("SELECT count(*) AS n FROM meta.fault_history WHERE rule_id = 'key::repeated'").contains('1'));
}

/// Rows of data above rows of data, and fields that a spreadsheet leaves off where nothing is in them.
#[test]
fn a_header_that_reads_like_data_and_rows_with_fields_left_off_are_asked_about() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: String| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let areas = ["North", "South", "East"];
    let rows = |from: usize| (from..30).map(|n| format!("S{n},{},{}\n", areas[n % 3], n * 3)).collect::<String>();
    let headless = Drafted::from(&file("headless.csv", rows(0)));
    assert!(
        headless.told.contains("header: is row 1 the header? It reads like the rows below it"),
        "{}",
        headless.told
    );
    let numbers =
        Drafted::from(&file("numbers.csv", (0..50).map(|n| format!("{},2024,{n}\n", 9_330_000 + n)).collect()));
    assert!(numbers.told.contains("header: is row 1 the header?"), "{}", numbers.told);
    for header in ["Site,Area,Visits", "Site 1,Area,2024"] {
        let headed = Drafted::from(&file("headed.csv", format!("{header}\n{}", rows(0))));
        assert!(!headed.told.contains("header:"), "{}", headed.told);
    }

    let notes = (0..60).map(|n| format!("R{n},{n}{}\n", if n % 3 == 0 { "" } else { ",late" })).collect::<String>();
    let short = Drafted::from(&file("short.csv", format!("Ref,Days,Remark\n{notes}")));
    assert!(short.told.contains("20 of 60 rows have fewer fields than the header"), "{}", short.told);
    assert!(short.read("layouts").contains("csv = { short_rows = \"blank\" }"), "{}", short.read("layouts"));
    short.loaded(&folder.path().join("short.csv"));
}

#[test]
fn nothing_of_a_draft_is_published_before_its_questions_are_answered() {
    let file = case("quotes/40_month.csv");
    let drafted = Drafted::from(&file);
    drafted.deliver("month.csv", &fs::read(&file).unwrap());
    let (code, told) = drafted.run();
    assert_ne!(code, 0, "{told}");
    assert!(told.contains("[gate::to_confirm]") && told.contains("tables/d.toml:7"), "{told}");
    let (code, asked, err) = sendmart(&drafted.place, &["check"]);
    assert_eq!(code, 0, "{err}");
    let asked = asked.split_once('\n').unwrap().1;
    insta::assert_snapshot!("questions_of_a_draft", asked.replace(&drafted.place.display().to_string(), "PLACE"));
    let contract = drafted.place.join("pipelines/d/tables/d.toml");
    let text = fs::read_to_string(&contract).unwrap();
    fs::write(&contract, text.replace("what = \"disposition\"", "what = \"dispositon\"")).unwrap();
    let (code, _, err) = sendmart(&drafted.place, &["check"]);
    assert_eq!(code, 78, "{err}");
    assert!(err.contains("`dispositon`"), "{err}");
    fs::write(&contract, &text).unwrap();
    confirm(&drafted.place, "d");
    let (code, told) = drafted.run();
    assert_eq!(code, 0, "{told}");
    assert!(drafted.ask("SELECT count(*) AS n FROM mart.d").contains("400"));
}

/// The first rows of every statistics file: the key is time, geography and filters, and never what is measured.
#[test]
fn a_measure_is_never_a_key() {
    let Some(folder) = crate::shared("data/ees_current") else { return };
    let entries = fs::read_dir(folder).unwrap();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for path in entries.map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.extension().is_none_or(|extension| extension != "csv") || name.starts_with("catalogue") {
            continue;
        }
        let found = sendmart::profile::profile(&path, &name, &sendmart::profile::Dialect::default(), None).unwrap();
        let Some(table) = found.sheets.into_iter().next().and_then(|sheet| sheet.table) else { continue };
        if table.rows == 0 {
            continue;
        }
        seen += 1;
        let Some(key) = table.keys.first() else {
            wrong.push(format!("{name}: no key"));
            continue;
        };
        let measure = table.columns.iter().find(|column| {
            let label = column.label.to_lowercase();
            let counts = [
                "count",
                "percent",
                "rate",
                "number",
                "pt_",
                "pc_",
                "avg",
                "equivalent",
                "headcount",
                "_fte",
                "cohort",
            ];
            key.contains(&column.label)
                && (column.guess.kind.starts_with("decimal")
                    || column.guess.is_only_marks
                    || (column.guess.kind == "integer" && counts.iter().any(|word| label.contains(word))))
        });
        if let Some(measure) = measure {
            wrong.push(format!("{name}: {} in {key:?}", measure.label));
        }
        if !key.iter().any(|label| label.contains("time_period"))
            && table.columns.iter().any(|column| column.label == "time_period")
        {
            wrong.push(format!("{name}: no time in {key:?}"));
        }
    }
    assert!(seen > 50, "{seen}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// One year's percentages are plain numbers, the next year's have a sign.
#[test]
fn a_layout_diff_says_that_a_unit_changed_and_the_line_that_takes_both() {
    let (_keep, place) = empty_place();
    let file = |name: &str| case("tables").join(name).display().to_string();
    let (code, out, err) = sendmart(&place, &["layout", "diff", &file("diff_old.csv"), &file("diff_new.csv")]);
    assert_eq!(code, 1, "{out}{err}");
    for said in
        ["the unit of `PNORG` changed: it is written with `%`", "at the column from `PNORG`: `percent = \"points\"`"]
    {
        assert!(out.contains(said), "{out}");
    }
    let (code, out, _) = sendmart(&place, &["layout", "diff", &file("diff_new.csv"), &file("diff_new.csv")]);
    assert_eq!((code, out.trim()), (0, "One layout fits both"));
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old.csv"), folder.path().join("new.csv"));
    fs::write(
        &old,
        "ref,share,paid,worked,on\nA,0.5,1.5,7.5,25/01/2025\nB,0.25,2.5,8.5,26/01/2025\nC,0.1,3.5,9.5,27/01/2025\n",
    )
    .unwrap();
    fs::write(&new, "ref,share,paid,worked,on\nA,50%,(1.5),37:30,2025-01-25\nB,25%,2.5,8:30,2025-01-26\nC,10%,3.5,9:30,2025-01-27\n").unwrap();
    let (_, out, _) = sendmart(&place, &["layout", "diff", old.to_str().unwrap(), new.to_str().unwrap()]);
    for said in ["percent = \"fraction\"", "brackets = true", "duration = \"hours\"", "formats = [\"%Y-%m-%d\"]"] {
        assert!(out.contains(said), "{said}: {out}");
    }
}

/// A column of sixteen decimals whose layout rounds it to two: every row stands, and the number of rounded cells is told.
#[test]
fn a_column_that_is_declared_as_rounded_is_rounded_and_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rates.csv");
    let rows: String = (0..40).map(|row| format!("A{row},{}.3456789012345678\n", 10 + row)).collect();
    fs::write(&file, format!("ref,rate\n{rows}B,1.005\nC,-1.005\nD,12.5\n")).unwrap();
    let drafted = Drafted::from(&file);
    assert!(drafted.read("tables").contains("`round = 2` at the column in the layout"), "{}", drafted.read("tables"));
    let edit = |kind: &str, from: &str, to: &str| {
        let path = drafted.place.join(format!("pipelines/d/{kind}/d.toml"));
        let text = fs::read_to_string(&path).unwrap();
        let text: Vec<String> = text
            .lines()
            .map(|line| if line.starts_with("rate = ") { line.replace(from, to) } else { line.to_owned() })
            .collect();
        fs::write(&path, text.join("\n") + "\n").unwrap();
    };
    edit("layouts", "from = [\"rate\"]", "from = [\"rate\"], round = 99");
    let (code, _, err) = sendmart(&drafted.place, &["check"]);
    assert_eq!(code, 78, "{err}");
    assert!(err.contains("spec::round"), "{err}");
    edit("layouts", "round = 99", "round = 2");
    let told = drafted.loaded(&file);
    assert!(told.contains("43 rows read = 43 accepted + 0 quarantined + 0 skipped"), "{told}");
    let found = drafted.ask("SELECT string_agg(CAST(rate AS DECIMAL(9,2))::VARCHAR, ' ' ORDER BY ref) AS found FROM mart.d WHERE ref IN ('A0', 'B', 'C', 'D')");
    assert!(found.contains("10.35 1.01 -1.01 12.50"), "{found}");
    let fault = drafted.ask("SELECT severity, message FROM meta.fault WHERE rule_id = 'column::rounded'");
    assert!(fault.contains("info") && fault.contains("42 cells were rounded to 2 decimals"), "{fault}");
}

//! `cells`, `profile`, `layout diff` and `new --from`, on the real files where they are, and on small ones.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use sendmart::profile::{Dialect, profile};
use sendmart::read::ReadError;

use crate::{checkout, sendmart};

fn shared() -> Option<PathBuf> {
    crate::shared("data").map(|data| data.canonicalize().unwrap())
}

/// Every file below a folder, and every member of its archives, laid out in `scratch`.
fn files(folder: &Path, scratch: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, scratch, found);
        } else if path.extension().is_some_and(|extension| extension == "zip") {
            let mut archive = zip::ZipArchive::new(fs::File::open(&path).unwrap()).unwrap();
            for index in 0..archive.len() {
                let mut member = archive.by_index(index).unwrap();
                let name = member.name().unwrap().into_owned();
                if name.ends_with('/') || member.size() > 8_000_000 {
                    continue;
                }
                let mut bytes = Vec::new();
                if member.read_to_end(&mut bytes).is_ok() {
                    let folder = scratch.join(path.file_stem().unwrap()).join(index.to_string());
                    fs::create_dir_all(&folder).unwrap();
                    let to = folder.join(Path::new(&name).file_name().unwrap());
                    fs::write(&to, bytes).unwrap();
                    found.push(to);
                }
            }
        } else if fs::metadata(&path).unwrap().len() < 8_000_000 {
            found.push(path);
        }
    }
}

#[test]
fn every_messy_file_is_profiled_or_refused_with_a_sentence() {
    let Some(shared) = shared() else { return };
    let scratch = tempfile::tempdir().unwrap();
    let mut found = Vec::new();
    files(&shared.join("messy"), scratch.path(), &mut found);
    assert!(found.len() > 200, "{}", found.len());
    let mut wrong = Vec::new();
    let (mut profiled, mut refused) = (0, 0);
    for path in &found {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let began = crate::messy::processor_seconds();
        match profile(path, &name, &Dialect::default(), None) {
            Ok(found) => {
                profiled += 1;
                for table in found.sheets.iter().filter_map(|sheet| sheet.table.as_ref()) {
                    let cells: Vec<u64> = table.columns.iter().map(|column| column.cells).collect();
                    if cells.iter().any(|cells| *cells != table.rows) {
                        wrong.push(format!("{}: {} rows and {cells:?} cells", path.display(), table.rows));
                    }
                }
            }
            Err(ReadError::Content { message, hint, .. }) if !message.is_empty() && !hint.is_empty() => refused += 1,
            Err(other) => wrong.push(format!("{}: {other:?}", path.display())),
        }
        let took = crate::messy::processor_seconds() - began;
        if took >= 10 {
            wrong.push(format!("{}: {took} s", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(profiled > 200, "{profiled} profiled, {refused} refused");
}

/// A place with no pipeline of its own yet.
pub(crate) fn empty_place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_path_buf();
    for made in ["config/codes", "pipelines", "sql/marts", "sql/checks", "sql/kpis"] {
        fs::create_dir_all(path.join(made)).unwrap();
    }
    fs::copy(checkout().join("config/default.toml"), path.join("config/default.toml")).unwrap();
    (folder, path)
}

/// Answers every question of a draft as it was guessed.
pub(crate) fn confirm(place: &Path, collection: &str) {
    for kind in ["tables", "layouts"] {
        for entry in fs::read_dir(place.join("pipelines").join(collection).join(kind)).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let kept: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("{ what = ")).collect();
            fs::write(&path, kept.join("\n") + "\n").unwrap();
        }
    }
}

/// Drafts, tests and loads one file; what is wrong, if anything.
fn drafted_and_loaded(name: &str, file: &Path, arguments: &[&str]) -> Result<String, String> {
    let (_keep, place) = empty_place();
    let from = file.display().to_string();
    let (code, out, err) = sendmart(&place, &[&["new", name, "--from", &from], arguments].concat());
    if code != 0 {
        return Err(format!("new: {code} {out}{err}"));
    }
    let (code, out, err) = sendmart(&place, &["test", name]);
    if code != 0 {
        return Err(format!("test: {code} {out}{err}"));
    }
    let (code, told, err) = sendmart(&place, &["check"]);
    if code != 0 || !told.contains("to be confirmed") {
        return Err(format!("check: {code} {told}{err}"));
    }
    if !told.contains("query[spec::to_confirm]") {
        return Err(format!("check asks nothing: {told}"));
    }
    confirm(&place, name);
    let inbox = place.join("inbox").join(name);
    fs::create_dir_all(&inbox).unwrap();
    fs::copy(file, inbox.join(file.file_name().unwrap())).unwrap();
    let keys = tempfile::tempdir().unwrap();
    let key = keys.path().join("key").display().to_string();
    let (code, out, err) = sendmart(&place, &["key", "new", "--file", &key]);
    assert_eq!(code, 0, "{out}{err}");
    fs::write(place.join("config/local.toml"), format!("[privacy]\nkey = \"{key}\"\n")).unwrap();
    let (code, out, err) = sendmart(&place, &["run"]);
    if code != 0 {
        return Err(format!("run: {code} {out}{err}"));
    }
    let line = out.lines().find(|line| line.contains("rows read =")).ok_or(format!("run: {out}{err}"))?;
    let numbers: Vec<u64> = line
        .split(|each: char| !each.is_ascii_digit() && each != ',')
        .filter(|part| part.starts_with(|first: char| first.is_ascii_digit()))
        .map(|part| part.replace(',', "").parse().unwrap())
        .collect();
    let [read, accepted, quarantined, skipped] = numbers[..] else { return Err(format!("run: {line}")) };
    if read != accepted + quarantined + skipped || accepted == 0 {
        return Err(format!("run: {line}"));
    }
    Ok(line.to_owned())
}

#[test]
fn a_collection_drafted_from_a_real_file_tests_and_loads_at_once() {
    let Some(shared) = shared() else { return };
    let scratch = tempfile::tempdir().unwrap();
    let mut members = Vec::new();
    files(&shared.join("messy"), scratch.path(), &mut members);
    let member = |name: &str| members.iter().find(|path| path.ends_with(name)).unwrap().clone();
    let real = [
        shared.join("lait/la_code_list.xlsx"),
        shared.join("lait/sn_may_2025.xlsx"),
        shared.join("lait/las.csv"),
        shared.join("lait/lait_data_dictionary.csv"),
        shared.join("workforce/data_leavers.csv"),
        shared.join("local/fake_sen.xlsx"),
        shared.join("local/annexa.xlsx"),
        shared.join("messy/xl/la_region_lookup_raw.xlsx"),
        shared.join("attendance/EES_ytd_data.csv"),
        member("deaths.xlsx"),
        member("datasets.xlsx"),
        member("mtcars.xls"),
        member("iris-excel-xlsx.xlsx"),
        member("temperature.xlsx"),
        // Notes, covers and headers of several rows; columns that all look personal; nothing that tells rows apart.
        shared.join("messy/xl/2013_KS4_National_and_LA_tables_1213.xlsx"),
        shared.join("messy/xl/ofsted_management_information_2014-05-31.xlsx"),
        member("date_iso.xlsx"),
        member("gh548_incorrect_sst_unique_count.xls"),
        member("issue_271.xls"),
        member("test2.xlsx"),
        member("sw_gen.xlsx"),
        member("bian-anal-mca-2005-dols-eng-1011-0312-tab3.xlsm"),
        member("characters.csv"),
        member("csv_test_output.csv"),
        member("csv_bands-wide.csv"),
        member("ods_EB1-_Existing_Domestic_Properties.ods"),
        member("ods_bands-wide.ods"),
        member("xls_ashe-79.xls"),
        member("xls_house-prices.xls"),
        member("xls_service-industry.xls"),
        member("xls_monthlygdptablesapril2023.xls"),
        member("xlsx_tourism.xlsx"),
        member("new_line_errors.xlsx"),
        member("los-angeles-arrests-xlsx.xlsx"),
        // Years of two digits.
        member("moj-aramis-data-march-11.csv"),
        member("nati-clin-audi-bowe-canc-2017-tran-main-fiel-list.csv"),
    ];
    let mut wrong = Vec::new();
    for file in &real {
        match drafted_and_loaded("drafted", file, &[]) {
            Ok(line) => println!("{}: {line}", file.display()),
            Err(said) => wrong.push(format!("{}: {said}", file.display())),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A register of people, with a title above, groups in a header of two rows, marks, and notes below.
fn register(path: &Path) {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("Caseload (live)").unwrap();
    let day = rust_xlsxwriter::Format::new().set_num_format("dd/mm/yyyy");
    sheet.write_string(0, 0, "Caseload of the county").unwrap();
    for (column, label) in [(0, "UPN"), (1, "Child"), (2, "Born on"), (3, "Team"), (4, "Waiting days"), (5, "Comments")]
    {
        sheet.write_string(2, column, label).unwrap();
    }
    let upns = ["H933206008001", "N933206008003", "R933206008005"];
    for row in 0..12_u32 {
        let name = ["Jane Canary", "Oliver Canary", "Emma Canary"][row as usize % 3];
        sheet.write_string(3 + row, 0, format!("{}{row}", upns[row as usize % 3])).unwrap();
        sheet.write_string(3 + row, 1, name).unwrap();
        sheet.write_number_with_format(3 + row, 2, 40_000.0 + f64::from(row), &day).unwrap();
        sheet.write_string(3 + row, 3, ["North", "South"][row as usize % 2]).unwrap();
        if row == 4 {
            sheet.write_string(3 + row, 4, "x").unwrap();
        } else {
            sheet.write_number(3 + row, 4, f64::from(row * 7)).unwrap();
        }
        sheet.write_string(3 + row, 5, format!("Canary family asked for a call on day {row}")).unwrap();
    }
    sheet.write_string(16, 0, "Source: the casework system").unwrap();
    book.save(path).unwrap();
}

#[test]
fn what_looks_personal_is_neither_printed_nor_copied() {
    let (_keep, place) = empty_place();
    let file = place.join("register.xlsx");
    register(&file);
    let from = file.display().to_string();
    for arguments in [vec!["profile", &from], vec!["--json", "profile", &from]] {
        let (code, out, err) = sendmart(&place, &arguments);
        assert_eq!(code, 0, "{err}");
        assert!(!out.contains("Canary") && !out.contains("93320600"), "{out}");
    }
    let (_, out, _) = sendmart(&place, &["profile", &from]);
    insta::assert_snapshot!("profile_of_a_register", out.replace(&place.display().to_string(), "PLACE"));
    let (code, out, err) =
        sendmart(&place, &["new", "caseload", "--from", &from, "--basis", "UK GDPR article 6(1)(e)"]);
    assert_eq!(code, 0, "{out}{err}");
    insta::assert_snapshot!("new_from_a_register", out);
    let read = |name: &str| fs::read_to_string(place.join("pipelines/caseload").join(name)).unwrap();
    insta::assert_snapshot!("drafted_table", read("tables/caseload.toml"));
    insta::assert_snapshot!("drafted_layout", read("layouts/caseload.toml"));
    assert!(read("pipeline.toml").contains("lawful_basis = \"UK GDPR article 6(1)(e)\""));
    let sample = place.join("pipelines/caseload/samples/caseload/sample.xlsx").display().to_string();
    let (_, cells, _) = sendmart(&place, &["cells", &sample, "--format", "csv"]);
    assert!(!cells.contains("Canary") && !cells.contains("93320600"), "{cells}");
    let (code, out, err) = sendmart(&place, &["test", "caseload"]);
    assert_eq!(code, 0, "{out}{err}");
    let (code, out, err) = sendmart(&place, &["new", "caseload", "--from", &from]);
    assert_eq!(code, 2, "{out}{err}");
}

#[test]
fn cells_are_printed_with_address_and_kind() {
    let (_keep, place) = empty_place();
    let file = place.join("register.xlsx");
    register(&file);
    let from = file.display().to_string();
    let (code, out, err) = sendmart(&place, &["cells", &from, "--range", "C3:E5", "--format", "csv"]);
    assert_eq!(code, 0, "{err}");
    insta::assert_snapshot!("cells_as_csv", out);
    let (_, out, _) = sendmart(&place, &["cells", &from, "--range", "C3:E5", "--format", "jsonl"]);
    insta::assert_snapshot!("cells_as_jsonl", out);
    let text = place.join("a.csv");
    fs::write(&text, "name;sum\n=1+1;-5\n").unwrap();
    let (_, out, _) = sendmart(&place, &["cells", text.to_str().unwrap(), "--format", "csv"]);
    assert!(out.contains(",A2,text,'=1+1\n"), "{out}");
    let (code, _, err) = sendmart(&place, &["cells", &from, "--sheet", "Caseload [live]"]);
    assert_eq!(code, 65);
    assert!(err.contains("did you mean `Caseload (live)`?"), "{err}");
}

#[test]
fn a_layout_diff_names_what_changed() {
    let (_keep, place) = empty_place();
    let (old, new) = (place.join("2024.csv"), place.join("2025.csv"));
    let rows = |team: &str| (0..8).map(|row| format!("{row},{},{team},1\n", row * 3)).collect::<String>();
    fs::write(&old, format!("Plan ID,Days waiting,Team,Old thing\n{}", rows("North"))).unwrap();
    fs::write(&new, format!("Caseload\n\nPlan ID,Days waited,Team\n{}", rows("West").replace(",1\n", "\n"))).unwrap();
    let (old, new) = (old.display().to_string(), new.display().to_string());
    let (code, out, err) = sendmart(&place, &["layout", "diff", &old, &new]);
    assert_eq!((code, err.as_str()), (1, ""), "{out}");
    insta::assert_snapshot!("layout_diff", out);
    let (code, out, _) = sendmart(&place, &["layout", "diff", &old, &old]);
    assert_eq!((code, out.trim()), (0, "One layout fits both"));
}

#[test]
fn a_column_of_percent_cells_is_drafted_as_a_percentage() {
    let (_keep, place) = empty_place();
    let percent = rust_xlsxwriter::Format::new().set_num_format("0.0%");
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let page = workbook.add_worksheet();
    page.write_row(0, 0, ["code", "persistent absence"]).unwrap();
    for (row, share) in (1_u32..).zip([0.123, 0.25, 1.0, 0.0, 0.087, 0.5]) {
        page.write_string(row, 0, format!("Q{row:03}")).unwrap();
        page.write_number_with_format(row, 1, share, &percent).unwrap();
    }
    let file = place.join("shares.xlsx");
    workbook.save(&file).unwrap();
    let (code, out, err) = sendmart(&place, &["new", "shares", "--from", file.to_str().unwrap()]);
    assert_eq!(code, 0, "{out}{err}");
    let layouts = place.join("pipelines/shares/layouts");
    let layout = fs::read_dir(layouts).unwrap().next().unwrap().unwrap().path();
    let drafted = fs::read_to_string(layout).unwrap();
    assert!(drafted.contains("percent = \"fraction\""), "{drafted}");
    let (code, out, err) = sendmart(&place, &["test", "shares"]);
    assert_eq!(code, 0, "{out}{err}");
}

/// What is told of a table of which nothing but a name tells rows apart, whose years have two digits, and whose header has
/// two rows of which the upper one is merged over some columns and not over others.
#[test]
fn a_name_becomes_a_pseudonym_where_nothing_else_tells_rows_apart() {
    let (_keep, place) = empty_place();
    let plain = rust_xlsxwriter::Format::new();
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let page = workbook.add_worksheet();
    page.merge_range(0, 2, 0, 3, "Hours", &plain).unwrap();
    page.write_row(1, 0, ["Full name", "Day", "Autumn", "Spring", "Autumn"]).unwrap();
    for (row, name) in (2..).zip(["Ann Example", "Ben Example", "Cat Example", "Dan Example"]) {
        page.write_string(row, 0, name).unwrap();
        page.write_string(row, 1, "23/04/26").unwrap();
        for column in 2..5 {
            page.write_number(row, column, 7).unwrap();
        }
    }
    let file = place.join("hours.xlsx");
    workbook.save(&file).unwrap();
    let line = drafted_and_loaded("hours", &file, &[]).unwrap();
    assert!(line.contains("4 accepted"), "{line}");
    let (code, out, err) = sendmart(&place, &["new", "hours", "--from", file.to_str().unwrap()]);
    assert_eq!(code, 0, "{out}{err}");
    let drafted = |kind: &str| fs::read_to_string(place.join(format!("pipelines/hours/{kind}/hours.toml"))).unwrap();
    insta::assert_snapshot!(format!("{}\n{}", drafted("tables"), drafted("layouts")));
}

#[test]
fn columns_of_percentages_and_counts_and_columns_without_a_label_are_drafted_and_load() {
    let (_keep, place) = empty_place();
    let percent = rust_xlsxwriter::Format::new().set_num_format("0%");
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let page = workbook.add_worksheet();
    page.write_row(0, 1, ["all schools", "special schools"]).unwrap();
    for row in 1..=8_u32 {
        page.write_string(row, 0, format!("Measure {row}")).unwrap();
        // Counts in one row, percentages in the next, and the same in both.
        for column in [1, 2] {
            if row % 2 == 0 {
                page.write_number_with_format(row, column, 0.9, &percent).unwrap();
            } else {
                page.write_number(row, column, 1200.0).unwrap();
            }
        }
    }
    let file = place.join("destinations.xlsx");
    workbook.save(&file).unwrap();
    let words = ["--owner", "me", "--purpose", "p", "--basis", "b", "--retention", "r"];
    let command = [&["new", "destinations", "--from", file.to_str().unwrap()][..], &words].concat();
    let (code, out, err) = sendmart(&place, &command);
    assert_eq!(code, 0, "{out}{err}");
    let drafted = fs::read_to_string(place.join("pipelines/destinations/layouts/destinations.toml")).unwrap();
    assert!(drafted.contains("column_a = { at = [\"A\"] }"), "{drafted}");
    assert!(drafted.contains("percent = \"points\""), "{drafted}");
    let contract = fs::read_to_string(place.join("pipelines/destinations/tables/destinations.toml")).unwrap();
    assert!(contract.contains("key = [\"column_a\"]"), "{contract}");
    let (code, out, err) = sendmart(&place, &["test", "destinations"]);
    assert_eq!(code, 0, "{out}{err}");
    confirm(&place, "destinations");
    fs::create_dir_all(place.join("inbox/destinations")).unwrap();
    fs::copy(&file, place.join("inbox/destinations/destinations.xlsx")).unwrap();
    let (code, out, err) = sendmart(&place, &["run"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("8 rows read"), "{out}{err}");
}

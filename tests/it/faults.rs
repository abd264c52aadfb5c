use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

const CONTRACT: &str = r#"
title = "Things"
grain = "one thing"
key = ["id"]
class = "none"
supplier = "school"
[columns]
id = { type = "text", required = true, about = "The id." }
school = { type = "text", about = "Who keeps it." }
days = { type = "integer", about = "Days." }
said = { type = "text", about = "What was said." }
[[rules]]
id = "THG-001"
severity = "query"
columns = ["days"]
check = "days < 100"
message = "More than a hundred days"
hint = "Look"
"#;

/// A place with one table that schools fill.
struct Things {
    root: PathBuf,
    _keep: tempfile::TempDir,
}

impl Things {
    fn new() -> Self {
        let keep = tempfile::tempdir().unwrap();
        let root = keep.path().to_path_buf();
        let folder = root.join("pipelines/things");
        for name in ["tables", "layouts"] {
            fs::create_dir_all(folder.join(name)).unwrap();
        }
        for name in ["inbox", "config", "sql/kpis", "sql/marts", "sql/checks"] {
            fs::create_dir_all(root.join(name)).unwrap();
        }
        fs::write(
            folder.join("pipeline.toml"),
            "title = \"Things\"\nowner = \"x\"\npurpose = \"x\"\nlawful_basis = \"x\"\nretention = \"1 year\"\n\
             [gate]\nmax_quarantined_share = 1.0\n[[source]]\nfolder.path = \"inbox\"\n",
        )
        .unwrap();
        fs::write(folder.join("tables/thing.toml"), CONTRACT).unwrap();
        fs::write(
            folder.join("layouts/thing.toml"),
            "title = \"A log\"\ntable = \"thing\"\nwhy = \"a test\"\n[format]\ncsv = {}\n",
        )
        .unwrap();
        Self { root, _keep: keep }
    }

    /// Puts a file into the inbox and runs.
    fn deliver(&self, rows: &[&str]) {
        fs::write(self.root.join("inbox/log.csv"), format!("id,school,days,said\n{}\n", rows.join("\n"))).unwrap();
        let (code, out, err) = self.sendmart(&["run"]);
        assert!(code == 0 || code == 65, "{out}{err}");
    }

    fn sendmart(&self, arguments: &[&str]) -> (i32, String, String) {
        crate::sendmart(&self.root, arguments)
    }

    /// Rule, cell and state of every fault of a cell: that keys of several deliveries repeat is another question.
    fn lives(&self) -> Vec<String> {
        let (code, out, err) = self.sendmart(&["--json", "faults", "list", "--state", "all"]);
        assert_eq!(code, 0, "{err}");
        let mut lives: Vec<String> = out
            .lines()
            .map(|line| {
                let fault: serde_json::Value = serde_json::from_str(line).unwrap();
                let word = |name: &str| fault[name].as_str().unwrap_or("-").to_owned();
                format!("{} {} {}", word("rule_id"), word("cell"), word("state"))
            })
            .filter(|life: &String| !life.starts_with("key::repeated"))
            .collect();
        lives.sort();
        lives
    }

    fn export(&self) -> PathBuf {
        let out = self.root.join("back");
        let (code, said, err) = self.sendmart(&["faults", "export", "--out", out.to_str().unwrap()]);
        assert_eq!(code, 0, "{said}{err}");
        out
    }
}

fn part(path: &std::path::Path, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_corrected_file_mends_a_fault_and_a_later_one_brings_it_back_wherever_its_row_stands() {
    let things = Things::new();
    things.deliver(&["a,9331001,1,x", "b,9331001,many,x", "c,9331002,200,x"]);
    assert_eq!(things.lives(), ["THG-001 C4 open", "cell::not_an_integer C3 open"]);
    // The same faults in other rows are the same faults.
    things.deliver(&["n,9331001,1,x", "c,9331002,200,x", "b,9331001,many,x", "a,9331001,1,x"]);
    assert_eq!(things.lives(), ["THG-001 C3 open", "cell::not_an_integer C4 open"]);
    things.deliver(&["c,9331002,200,x", "b,9331001,2,x"]);
    assert_eq!(things.lives(), ["THG-001 C2 open", "cell::not_an_integer C4 resolved"]);
    let before = things.lives();
    // A file that is taken away mends nothing.
    fs::remove_file(things.root.join("inbox/log.csv")).unwrap();
    things.sendmart(&["run"]);
    assert_eq!(things.lives(), before);
    things.deliver(&["b,9331001,some,x"]);
    assert_eq!(things.lives(), ["THG-001 C2 resolved", "cell::not_an_integer C2 reopened"]);
    // Read again from what was landed, the lives are the same.
    fs::remove_dir_all(things.root.join("var/lake")).unwrap();
    things.sendmart(&["--as-of", "2030-01-01", "run"]);
    assert_eq!(things.lives(), ["THG-001 C2 resolved", "cell::not_an_integer C2 reopened"]);
}

#[test]
fn each_supplier_gets_a_workbook_of_rows_as_they_stood_that_nobody_else_may_read() {
    let things = Things::new();
    things.deliver(&["a,9331001,1,fine", "b,9331001,many,=1+1", "c,9331002,200,@SUM(A1)", "d,9331002,3,fine"]);
    let out = things.export();
    assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o700);
    let mut names: Vec<String> =
        fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    assert_eq!(names, ["faults of 9331001.xlsx", "faults of 9331002.xlsx"]);
    let first = out.join(&names[0]);
    assert_eq!(fs::metadata(&first).unwrap().permissions().mode() & 0o777, 0o600);
    let rows = part(&first, "xl/worksheets/sheet2.xml");
    assert!(rows.contains(">many<") && rows.contains(">=1+1<"), "{rows}");
    assert!(!rows.contains("<f>") && !rows.contains("@SUM") && !rows.contains(">fine<"), "{rows}");
    assert!(part(&first, "xl/comments1.xml").contains("cell::not_an_integer"));
    let sheet = part(&first, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("location=\"thing!E2\"") || sheet.contains("location=\"'thing'!E2\""), "{sheet}");
    // The same again gives the same bytes.
    let bytes = fs::read(&first).unwrap();
    things.export();
    assert_eq!(fs::read(&first).unwrap(), bytes);
}

#[test]
fn a_file_that_was_refused_has_a_line_of_its_own() {
    let things = Things::new();
    fs::write(things.root.join("inbox/log.csv"), "<!DOCTYPE html><html><body>Not found</body></html>\n").unwrap();
    things.sendmart(&["run"]);
    let (_, listed, _) = things.sendmart(&["faults"]);
    assert!(
        listed.contains("read::html_instead") || listed.contains("HTML") || listed.contains("Nothing has been read"),
        "{listed}"
    );
    fs::write(things.root.join("inbox/log.csv"), "who,what\n1,2\n").unwrap();
    things.sendmart(&["run"]);
    let out = things.export();
    let strings = part(&out.join("faults of log.csv.xlsx"), "xl/sharedStrings.xml");
    assert!(strings.contains("read::"), "{strings}");
    things.deliver(&["a,9331001,1,x"]);
    assert!(things.lives().iter().all(|life| life.ends_with("resolved")), "{:?}", things.lives());
}

#[test]
fn what_looks_like_a_formula_goes_back_as_the_text_that_it_was() {
    let things = Things::new();
    let hostile = [
        "=1+1",
        "=cmd|' /C calc'!A0",
        "+1+cmd|'/C calc'!A0",
        "-1+1",
        "@SUM(A1)",
        "{=1+1}",
        "=HYPERLINK(\"http://x.invalid\")",
        "=WEBSERVICE(\"http://x.invalid\")",
        "\t=1+1",
        "http://x.invalid/",
    ];
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let lines: Vec<String> = hostile.iter().map(|text| format!("{0},=1+1,{0},{0}", quoted(text))).collect();
    things.deliver(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    let out = things.export();
    let books: Vec<PathBuf> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(books.len(), 1, "{books:?}");
    let mut archive = zip::ZipArchive::new(fs::File::open(&books[0]).unwrap()).unwrap();
    for index in 0..archive.len() {
        let name = archive.by_index(index).unwrap().name().unwrap().into_owned();
        assert!(!name.contains("externalLink") && !name.contains("vba") && name != "xl/calcChain.xml", "{name}");
        let text = part(&books[0], &name);
        assert!(!text.contains("<f>") && !text.contains("<f ") && !text.contains("ddeLink"), "{name}: {text}");
        assert!(!text.contains("TargetMode=\"External\""), "{name}: {text}");
    }
    // Each stands there, in a cell that says that it is a text.
    let rows = part(&books[0], "xl/worksheets/sheet2.xml");
    for text in hostile {
        let seen = text.replace('&', "&amp;").trim_start().to_owned();
        let at = rows.find(&format!("{seen}</t>")).unwrap_or_else(|| panic!("`{text}` is not in {rows}"));
        let cell = &rows[rows[..at].rfind("<c ").unwrap()..at];
        assert!(cell.contains("t=\"inlineStr\""), "{cell}");
    }
}

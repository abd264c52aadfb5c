use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::{checkout, place, sendmart};

/// The demo's extracts, read and published.
struct Extracts {
    _keep: tempfile::TempDir,
    place: PathBuf,
}

impl Extracts {
    fn new() -> Self {
        let (keep, place) = place();
        let extracts = Self { _keep: keep, place };
        let (code, _, err) = extracts.ask(&["run"]);
        assert_eq!(code, 0, "{err}");
        extracts
    }

    fn ask(&self, words: &[&str]) -> (i32, String, String) {
        let config = self.place.join("config/demo/demo.toml").display().to_string();
        sendmart(&self.place, &[&["--config", &config][..], words].concat())
    }

    /// Asks for what is not there: nothing on standard output, exit code 1, and these words beside it.
    fn absent(&self, words: &[&str], told: &[&str]) {
        let (code, out, err) = self.ask(words);
        assert_eq!((code, out.as_str()), (1, ""), "{words:?}\n{err}");
        for part in told {
            assert!(err.contains(part), "{words:?} does not tell `{part}`:\n{err}");
        }
    }
}

#[test]
fn a_place_is_found_by_each_of_its_names_and_what_is_not_there_is_told_with_what_is() {
    let extracts = Extracts::new();
    let show = ["kpi", "show", "ehcp_20_week", "--breakdown", "total", "--at"];
    let (code, by_code, err) = extracts.ask(&[&show[..], &["933"]].concat());
    assert_eq!(code, 0, "{err}");
    insta::assert_snapshot!("kpi_show", by_code);
    for other in ["Somerset", "somerset", "E10000027", "E06000066"] {
        assert_eq!(extracts.ask(&[&show[..], &[other]].concat()).1, by_code, "{other}");
    }
    let school = "SELECT CAST(min(geography_code) AS VARCHAR) AS code FROM kpi.value WHERE geography_level = 'school' AND kpi_id = 'suspension_rate'";
    let (_, school, _) = extracts.ask(&["--json", "query", school]);
    let code = school.trim().trim_start_matches("{\"code\":\"").trim_end_matches("\"}").to_owned();
    let (exit, of_school, err) = extracts.ask(&["kpi", "show", "suspension_rate", "--at", &code]);
    assert_eq!(exit, 0, "{err}");
    if code.len() == 7 {
        let slashed = format!("{}/{}", &code[..3], &code[3..]);
        assert_eq!(extracts.ask(&["kpi", "show", "suspension_rate", "--at", &slashed]).1, of_school);
    }

    extracts.absent(&[&show[..], &["Somreset"]].concat(), &["no place here is called `Somreset`", "Somerset (933)"]);
    extracts.absent(&[&show[..], &["801"]].concat(), &["no value for Bristol, City of (801)", "Somerset (933)"]);
    extracts.absent(
        &["kpi", "show", "ehcp_20_week", "--at", "933", "--period", "2031"],
        &["no value for Somerset (933) in `2031`", "2024"],
    );
    extracts.absent(
        &["explain", "ehcp_20_week", "--at", "Somerset", "--period", "2204"],
        &["no value for Somerset (933) in `2204`", "did you mean `2024`?"],
    );
    extracts.absent(
        &["kpi", "show", "ehcp_20_week", "--at", "933", "--breakdown", "totl"],
        &["did you mean `total`?", "its breakdowns there: age=age 10"],
    );
    extracts.absent(&["kpi", "show", "ehcp_20_weeks"], &["did you mean `ehcp_20_week`?"]);
    extracts.absent(&["query", "FROM mart.published_ehcp_timelines"], &["published_ehcp_timeliness"]);
    extracts.absent(&["query", "SELECT periode FROM kpi.value"], &["period"]);
    extracts.absent(&["faults", "--collection", "sen"], &["did you mean `sen2`?"]);
    extracts.absent(&["faults", "--table", "timelines"], &["did you mean `timeliness`?"]);
    extracts.absent(&["faults", "--rule", "CEN-0001"], &["did you mean `CEN-001`?"]);
    extracts.absent(&["faults", "--file", "caseloads.csv"], &["did you mean `caseload.csv`?"]);
    extracts.absent(&["faults", "--supplier", "9334001"], &["no", "9334001"]);
    extracts.absent(&["privacy", "school_cencus"], &["did you mean `school_census`?"]);
    extracts.absent(&["test", "published_echp"], &["did you mean `published_ehcp`?"]);
    extracts.absent(&["template", "inclusion_discussion"], &["did you mean `inclusion_discussions`?"]);

    // What is there and has no fault is no mistake.
    let (code, out, _) = extracts.ask(&["faults", "--table", "timeliness", "--severity", "error"]);
    assert_eq!((code, out.as_str()), (0, "No open fault matches\n"));
}

#[test]
fn answers_fit_a_screen_of_80_columns() {
    let extracts = Extracts::new();
    let config = extracts.place.join("config/demo/demo.toml").display().to_string();
    for words in [
        &["kpi", "show", "ehcp_20_week"][..],
        &["kpi", "list"],
        &["kpi", "reconcile", "ehcp_20_week"],
        &["faults", "summary"],
        &["query", "SELECT * FROM meta.delivery"],
        &["explain", "ehcp_20_week", "--at", "933", "--period", "2024"],
        &["kpi", "show", "ehcp_20_week", "--at", "933", "--period", "2031"],
    ] {
        let out = assert_cmd::Command::cargo_bin("sendmart")
            .unwrap()
            .env("COLUMNS", "80")
            .arg("--place")
            .arg(&extracts.place)
            .args(["--config", &config])
            .args(words)
            .output()
            .unwrap();
        let said = [out.stdout, out.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        // A path or a command is one word, and is not parted.
        let wide = |line: &&str| line.chars().count() > 80 && line.split_whitespace().all(|word| word.len() < 60);
        let too_wide: Vec<&str> = said.lines().filter(wide).collect();
        assert!(too_wide.is_empty(), "{words:?}: {too_wide:#?}");
    }
}

/// The lines of a block of README.md that begin with the program's name, without their comments, after a heading.
fn lines_of_readme(heading: &str) -> Vec<String> {
    let readme = fs::read_to_string(checkout().join("README.md")).unwrap();
    let section = readme.split(&format!("\n## {heading}\n")).nth(1).unwrap().split("\n## ").next().unwrap().to_owned();
    let block = section.split("```sh\n").nth(1).unwrap().split("```").next().unwrap().to_owned();
    let lines = block.lines().filter(|line| line.starts_with("sendmart "));
    lines.map(|line| line.split(" # ").next().unwrap().trim().to_owned()).collect()
}

/// The README's lines answer after `demo`, one after the other, in a shell.
fn readme_works_line_by_line(place: &Path, county: &Path) {
    let program = assert_cmd::cargo::cargo_bin("sendmart");
    let out = tempfile::tempdir().unwrap();
    let within = |line: &str| line.replace(" /tmp/", &format!(" {}/", out.path().display()));
    let lines: Vec<String> = lines_of_readme("Using it");
    assert!(lines.len() >= 20, "{lines:#?}");
    for line in lines.iter().chain(&lines_of_readme("A council's own returns")) {
        let shell = Command::new("sh")
            .arg("-c")
            .arg(within(line))
            .current_dir(place)
            .env("PATH", format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap()))
            .env("SENDMART_CONFIG", county.join("sample.toml"))
            .env("inbox", county.join("inbox"))
            .env("HOME", out.path())
            .env("COLUMNS", "80")
            .output()
            .unwrap();
        let (said, err) = (String::from_utf8_lossy(&shell.stdout), String::from_utf8_lossy(&shell.stderr));
        let code = i32::from(line.starts_with("sendmart layout diff"));
        assert_eq!(shell.status.code(), Some(code), "{line}\n{said}{err}");
        assert!(!said.trim().is_empty() && !said.contains("No open fault"), "{line} answers with nothing: {said}{err}");
        let wide = |shown: &&str| shown.chars().count() > 80 && shown.split_whitespace().all(|word| word.len() < 60);
        assert_eq!(said.lines().filter(wide).collect::<Vec<_>>(), Vec::<&str>::new(), "{line}");
        let texts = [said.as_ref(), err.as_ref()].concat();
        assert!(!texts.contains("T00:00:00") && !texts.contains(".0 |"), "{line}\n{texts}");
    }
}

#[test]
fn the_demo_counts_its_faults_and_its_suggestions_work() {
    let (keep, place) = place();
    // The README drafts a collection: into a copy.
    fs::remove_file(place.join("pipelines")).unwrap();
    copy(&checkout().join("pipelines"), &place.join("pipelines"));
    let county = keep.path().join("county").display().to_string();
    // The county may not lie in the place.
    let outside = tempfile::tempdir().unwrap();
    let county = county.replace(&keep.path().display().to_string(), &outside.path().display().to_string());
    let (code, out, err) = sendmart(&place, &["demo", "--county", &county]);
    assert_eq!(code, 0, "{out}{err}");
    let said = out.lines().find(|line| line.contains("are told at their cell")).unwrap_or_else(|| panic!("{out}"));
    let numbers: Vec<u32> =
        said.split(|each: char| !each.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect();
    let [planted, found, of, doubled] = numbers[..] else { panic!("{said}") };
    assert_eq!((found, planted), (of, of + doubled), "{said}");
    assert!(of > 0 && doubled > 0 && out.contains(&format!("(duplicate: {doubled})")), "{out}");
    let asked: Vec<&str> = out.lines().filter_map(|line| line.trim_start().strip_prefix("sendmart ")).collect();
    assert!(asked.len() >= 6, "{out}");
    for line in asked {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (code, said, err) = sendmart(&place, &words);
        assert!(code == 0 && !said.trim().is_empty(), "sendmart {line}\n{said}{err}");
    }
    readme_works_line_by_line(&place, Path::new(&county));
}

#[test]
fn ctrl_c_says_what_became_of_the_run() {
    let keep = tempfile::tempdir().unwrap();
    let county = keep.path().join("county");
    let out = county.display().to_string();
    let size = ["--schools", "4", "--pupils", "150", "--years", "2"];
    let (code, _, err) = sendmart(checkout(), &[&["sample", "--out", &out][..], &size].concat());
    assert_eq!(code, 0, "{err}");
    let config = county.join("sample.toml");
    let program = assert_cmd::cargo::cargo_bin("sendmart");
    let mut child = Command::new(program)
        .arg("--place")
        .arg(checkout())
        .arg("--config")
        .arg(&config)
        .arg("run")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // As soon as the lake has books, the run reads.
    let begun = Instant::now();
    while !county.join("var/lake/books").is_dir() && begun.elapsed() < Duration::from_mins(2) {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        sleep(Duration::from_millis(5));
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(130), "{said}");
    assert!(said.contains("interrupted: nothing was published, and nothing is live yet"), "{said}");
    assert!(said.contains("new files were landed and are kept; `sendmart run` goes on from there"), "{said}");
    assert!(!county.join("var/warehouse/sendmart.duckdb").exists());
    let landed = fs::read_dir(county.join("var/landing")).unwrap().count();

    let config = config.display().to_string();
    let (code, out, err) = sendmart(checkout(), &["--config", &config, "--json", "run"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("\"published\":true") && landed > 0, "{out}");
}

/// A place whose inbox lies in a folder of shared cases, copied.
fn case(name: &str) -> Option<(tempfile::TempDir, PathBuf)> {
    let from = crate::shared(&format!("cases/turn2/{name}"))?;
    let (keep, place) = place();
    copy(&from, &place);
    Some((keep, place))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).map(|_| ()).unwrap();
        }
    }
}

#[test]
fn plan_tells_what_lies_there_and_what_is_missing_and_lands_nothing() {
    let Some((_keep, place)) = case("pupils/nosusp") else { return };
    fs::write(place.join("inbox/school_census/2025_spring_visitors.csv"), "name,day\nsomebody,2025-01-01\n").unwrap();
    let config = place.join("place.toml").display().to_string();
    let (code, out, err) = sendmart(&place, &["--config", &config, "plan"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("school_census: 11 files, 11 new"), "{out}");
    assert!(out.contains("new    2025_summer_pupilonroll.csv: table `pupil_on_roll`, layout `pupil_on_roll`"), "{out}");
    assert!(out.contains("missing: 2025 summer: suspension_off_roll, suspension_on_roll"), "{out}");
    assert!(out.contains("2025_spring_visitors.csv: refused [read::no_layout_for_name]"), "{out}");
    assert!(!place.join("var").exists(), "plan made something");

    // A summer and no autumn before the next spring: the return between them is told.
    let (from, to) = (place.join("inbox/school_census/2025_spring"), place.join("inbox/school_census/2026_spring"));
    copy(&from, &to);
    for entry in fs::read_dir(&to).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().replace("2025_", "2026_");
        fs::rename(&path, to.join(name)).unwrap();
    }
    let (_, out, _) = sendmart(&place, &["--config", &config, "plan"]);
    assert!(out.contains("missing: no return at all of 2025 autumn, between 2025 spring and 2026 spring"), "{out}");
}

#[test]
fn plan_of_a_file_says_who_would_take_it_or_the_lines_that_would() {
    let Some(tables) = crate::shared("cases/turn2/tables") else { return };
    let (_keep, place) = place();
    let plan = |name: &str| sendmart(&place, &["plan", &tables.join(name).display().to_string()]);
    let published = place.join("2019_england_census.csv");
    fs::copy(tables.join("ok_2019_england_census.csv"), &published).unwrap();
    let (code, out, err) = sendmart(&place, &["plan", &published.display().to_string()]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(
        out.contains("is a file of `published_census`") && out.contains("collection = \"published_census\""),
        "{out}"
    );

    // A label that is another: what stands there is told, and no pattern.
    let (code, out, _) = plan("44_Suspensions 2024-25.xlsx");
    assert_eq!(code, 65);
    let label = "Suspension or exclusion / Suspension start date";
    assert!(out.contains(&format!("is it `{label}` now?")) && out.contains("there instead, nearest first"), "{out}");
    assert!(!out.contains("(?"), "{out}");
    for line in ["extends = \"monthly_log\"", "[columns]", &format!("start_date.from = [\"{label}\"]")] {
        assert!(out.lines().any(|one| one == line), "no `{line}` in\n{out}");
    }
    // The lines do what they say.
    let drafted: Vec<&str> = out.lines().skip_while(|line| !line.starts_with("# pipelines/")).collect();
    fs::remove_file(place.join("pipelines")).unwrap();
    copy(&checkout().join("pipelines"), &place.join("pipelines"));
    let file = drafted[0].trim_start_matches("# ").split(':').next().unwrap();
    fs::write(place.join(file), drafted.join("\n")).unwrap();
    let (code, out, err) = plan("44_Suspensions 2024-25.xlsx");
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("layout `monthly_log_2`"), "{out}");

    // The header of another year's file is no reason to date it by that year.
    let (code, out, _) = plan("short_rows_2021_england_census.csv");
    assert_eq!(code, 65);
    assert!(out.contains("files = [\"short_rows_2021_england_census.csv\"]"), "{out}");
    assert!(out.contains("say what this one is of") && out.contains(".constant = "), "{out}");
}

#[test]
fn a_file_of_another_kind_is_near_to_no_layout() {
    let (_keep, place) = place();
    let file = place.join("2025_spring_pupilonroll.csv");
    fs::write(&file, "URN,LA,Library,Books,Opened,Librarian hours\n123456,933,Main,400,2020-01-01,12\n").unwrap();
    let folder = place.join("inbox/school_census");
    fs::create_dir_all(&folder).unwrap();
    fs::copy(&file, folder.join("2025_spring_pupilonroll.csv")).unwrap();
    let config = place.join("here.toml");
    fs::write(&config, "collections = [\"school_census\"]\n").unwrap();
    let (code, out, err) = sendmart(&place, &["--config", &config.display().to_string(), "plan"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("refused [read::header_not_found]"), "{out}");
    assert!(!out.contains("nearest is"), "{out}");
}

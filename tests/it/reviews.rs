use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{checkout, sendmart};

/// The KPIs of annual reviews that are reckoned from SEN2 alone.
const REVIEWS: [&str; 5] = [
    "annual_review_4_week_decision",
    "annual_review_decision_within_12_months",
    "annual_review_held_in_year",
    "annual_review_undecided",
    "annual_review_within_12_months",
];

/// A copy of a case, which a test may take files away from.
struct Case {
    _keep: tempfile::TempDir,
    folder: PathBuf,
}

/// What a value is known by: KPI, period, breakdown.
type Key = (String, String, String);

/// Numerator, denominator, reason and mark of a value.
type Told = (Option<f64>, Option<f64>, Option<String>, Option<String>);

impl Case {
    /// Copies the inbox of SEN2; `from` is a folder that holds a folder for each return.
    fn new(from: &Path) -> Self {
        let keep = tempfile::tempdir().unwrap();
        let folder = keep.path().to_path_buf();
        fs::write(folder.join("key"), format!("v1:{}", "0b".repeat(32))).unwrap();
        fs::set_permissions(folder.join("key"), fs::Permissions::from_mode(0o600)).unwrap();
        for part in fs::read_dir(from).unwrap() {
            let part = part.unwrap();
            let to = folder.join("inbox").join(part.file_name());
            fs::create_dir_all(&to).unwrap();
            for file in fs::read_dir(part.path()).unwrap() {
                let file = file.unwrap();
                fs::write(to.join(file.file_name()), fs::read(file.path()).unwrap()).unwrap();
            }
        }
        Self { _keep: keep, folder }
    }

    /// Every file of the return that was made in a year, or that of one module.
    fn remove(&self, year: u16, module: &str) {
        let mut removed = 0;
        for part in fs::read_dir(self.folder.join("inbox")).unwrap() {
            for file in fs::read_dir(part.unwrap().path()).unwrap() {
                let path = file.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if name.contains(&format!("-{year}_")) && name.ends_with(&format!("{module}.csv")) {
                    fs::remove_file(path).unwrap();
                    removed += 1;
                }
            }
        }
        assert!(removed > 0, "{year} {module}");
    }

    /// Runs, and gives the values of the KPIs of SEN2.
    fn values(&self) -> BTreeMap<Key, Told> {
        let mut config = format!(
            "authority = \"933\"\ncollections = [\"calendar\", \"sen2\"]\nvar = \"{0}/var\"\nprivacy.key = \"{0}/key\"\n",
            self.folder.display()
        );
        for part in fs::read_dir(self.folder.join("inbox")).unwrap() {
            let part = part.unwrap().path();
            // The folder's name begins with the day, or the year, of the return.
            let name = part.file_name().unwrap().to_string_lossy().into_owned();
            let day = name.get(..10).map_or_else(|| format!("{name}-02-28"), str::to_owned);
            config += &format!(
                "[[source]]\ncollection = \"sen2\"\nfolder.path = \"{}\"\nreceived = \"{day}\"\n",
                part.display()
            );
        }
        let file = self.folder.join("place.toml");
        fs::write(&file, config).unwrap();
        let config = file.display().to_string();
        let (code, out, err) = sendmart(checkout(), &["--config", &config, "--as-of", "2026-11-06", "run"]);
        assert_eq!(code, 0, "{out}\n{err}");
        let sql = format!(
            "SELECT kpi_id, period, breakdown, numerator, denominator, reason, mark FROM kpi.value \
             WHERE basis = 'local' AND (kpi_id LIKE 'annual_review%' OR kpi_id LIKE 'ehcp%') AND {}",
            crate::OWN
        );
        let (code, out, err) = sendmart(checkout(), &["--config", &config, "--json", "query", &sql]);
        assert_eq!(code, 0, "{err}");
        out.lines().map(|line| told(&serde_json::from_str(line).unwrap())).collect()
    }
}

fn told(row: &Value) -> (Key, Told) {
    let text = |name: &str| row[name].as_str().map(str::to_owned);
    let key = |name: &str| text(name).unwrap_or_default();
    let is_counted = row["reason"] != "unavailable";
    let number = |name: &str| row[name].as_f64().filter(|_| is_counted);
    (
        (key("kpi_id"), key("period"), key("breakdown")),
        (number("numerator"), number("denominator"), text("reason"), text("mark")),
    )
}

fn turn2(case: &str) -> PathBuf {
    checkout().join("../shared/cases/turn2").join(case)
}

/// The county that was invented apart from this project: its SEN2 returns.
fn county(keep: &Path) -> PathBuf {
    let mut archive = zip::ZipArchive::new(fs::File::open(turn2("county/inbox.zip")).unwrap()).unwrap();
    archive.extract(keep).unwrap();
    keep.join("inbox/sen2")
}

/// A plan whose meeting each January hides that of the year: every return that is here is asked. The other plan was issued on
/// 6 January 2025, and a review of it is expected neither of 2024 nor of 2025.
#[test]
fn a_plan_that_is_reviewed_each_january_is_reviewed_each_year() {
    if crate::shared("cases/turn2").is_none() {
        return;
    }
    let case = Case::new(&turn2("pupils/sen2_january/inbox"));
    let values = case.values();
    let lines: Vec<String> = values
        .iter()
        .filter(|((id, _, _), _)| REVIEWS.contains(&id.as_str()))
        .filter(|((_, _, breakdown), _)| breakdown == "total")
        .map(|((id, period, _), (numerator, denominator, reason, mark))| {
            let number = |one: &Option<f64>| one.map_or_else(|| "-".to_owned(), |one| one.to_string());
            let told = [reason, mark].into_iter().flatten().cloned().collect::<Vec<_>>().join(": ");
            format!("{id} {period}: {} of {} {told}", number(numerator), number(denominator))
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

/// A number that a missing table changes has a reason or a mark; one that it takes away leaves a row that says why.
#[test]
fn a_missing_table_of_sen2_is_told_by_every_kpi_that_it_changes() {
    if crate::shared("cases/turn2").is_none() {
        return;
    }
    let keep = tempfile::tempdir().unwrap();
    let sen2 = county(keep.path());
    let whole = Case::new(&sen2).values();
    assert!(whole.len() > 60, "{}", whole.len());
    let mut changed = 0;
    let modules = ["requests", "assessment", "namedplan", "activeplans", "person", ""];
    let cuts = [2025, 2026].into_iter().flat_map(|year| modules.map(|module| (year, module)));
    for (year, module) in cuts.chain([(2024, "")]) {
        let case = Case::new(&sen2);
        case.remove(year, module);
        let cut = case.values();
        for (key, value) in &whole {
            let Some(found) = cut.get(key) else {
                let is_told =
                    cut.iter().any(|(other, found)| other.0 == key.0 && other.1 == key.1 && found.2.is_some());
                // Nothing is known of a first year whose return never came.
                let is_before = (year, module) == (2024, "") && matches!(key.1.as_str(), "2023" | "2023/24");
                let is_first_fall = (year, module) == (2024, "") && key.0 == "ehcp_backlog_months_to_clear";
                assert!(
                    is_told || is_before || is_first_fall,
                    "without {year} {module}: {key:?} is gone without a word"
                );
                changed += 1;
                continue;
            };
            if (found.0, found.1) != (value.0, value.1) {
                assert!(
                    found.2.is_some() || found.3.is_some(),
                    "without {year} `{module}`: {key:?} is {found:?}, and was {value:?}"
                );
                changed += 1;
            }
        }
    }
    assert!(changed > 50, "{changed}");
}

/// Every value of the county's truth, but where the lives have what no return tells: there the numerator and the number of
/// plans that the mark counts bound it.
#[test]
fn the_other_county_is_equal_or_bounded_by_its_mark() {
    if crate::shared("cases/turn2").is_none() {
        return;
    }
    let keep = tempfile::tempdir().unwrap();
    let found = Case::new(&county(keep.path())).values();
    let truth: BTreeMap<String, Vec<Option<f64>>> =
        serde_json::from_slice(&fs::read(turn2("county/truth.json")).unwrap()).unwrap();
    let (mut equal, mut bounded) = (0, Vec::new());
    for (key, parts) in &truth {
        let [id, period, _, breakdown] = key.split('|').collect::<Vec<_>>()[..] else { panic!("{key}") };
        // DfE divides by all decisions that the return carries; the truth by those on meetings of the year.
        let is_mine = id.starts_with("ehcp") || (id.starts_with("annual_review") && !id.ends_with("contribution"));
        if !is_mine || id == "annual_review_4_week_decision" {
            continue;
        }
        let value = &found[&(id.to_owned(), period.to_owned(), breakdown.to_owned())];
        if value.0 == parts[0] && (parts[1].is_none() || value.1 == parts[1]) {
            equal += 1;
            continue;
        }
        let mark = value.3.clone().unwrap_or_default();
        let unknown: f64 = mark.split_whitespace().find_map(|word| word.parse().ok()).unwrap();
        let (mine, theirs) = (value.0.unwrap(), parts[0].unwrap());
        assert!(value.1 == parts[1] && mine <= theirs && theirs <= mine + unknown, "{key}: {value:?}, {parts:?}");
        bounded.push(format!("{id} {period}: {mine} to {} of {}, {theirs}", mine + unknown, value.1.unwrap()));
    }
    assert_eq!(equal, 35);
    insta::assert_snapshot!(bounded.join("\n"));
}

//! The public edition of a pack: what it hides stands in none of its files and cannot be worked out of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Cursor;
use std::sync::OnceLock;

use calamine::{Data, Reader, Xlsx};
use regex::Regex;

use crate::pack::{files, packs, page, values};
use crate::site::{is_sound_as, number, seen, tables};

type PackedFiles = BTreeMap<String, Vec<u8>>;
type ValueRow = BTreeMap<String, String>;

const FEW: std::ops::RangeInclusive<f64> = 0.000_001..=4.999_999;

/// The public editions of two meetings, made one after the other.
struct PublicPacks {
    september: PackedFiles,
    november: PackedFiles,
}

fn public() -> &'static PublicPacks {
    static PACKS: OnceLock<PublicPacks> = OnceLock::new();
    PACKS.get_or_init(|| {
        let county = &packs().county;
        let edition = ["--edition", "public"];
        let september = county.packed("2026-09-21", "public-september", &edition);
        let november = county.packed("2026-11-20", "public-november", &edition);
        PublicPacks { september, november }
    })
}

fn both() -> [&'static PackedFiles; 2] {
    [&public().september, &public().november]
}

fn is_local(row: &ValueRow) -> bool {
    row["basis"] == "local"
}

fn parsed(row: &ValueRow, name: &str) -> Option<f64> {
    row[name].parse().ok()
}

fn says(cell: &Data, word: &str) -> bool {
    matches!(cell, Data::String(text) if text == word)
}

fn key(row: &ValueRow) -> Vec<String> {
    ["kpi_id", "basis", "period_kind", "period", "geography_code", "breakdown"].map(|name| row[name].clone()).into()
}

/// What is shown is what the restricted edition has; what has few persons, as a count or as what a share leaves out, is not shown.
#[test]
fn numbers_of_few_are_hidden_and_the_others_are_the_same() {
    let truth: BTreeMap<Vec<String>, ValueRow> =
        values(&packs().first).into_iter().map(|row| (key(&row), row)).collect();
    let (mut hidden, mut shown, mut small) = (0, 0, 0);
    for row in values(&public().november).iter().filter(|row| is_local(row)) {
        let of = &truth[&key(row)];
        assert_eq!(row["geography_level"], "authority");
        assert!(["academic_year", "calendar_year"].contains(&row["period_kind"].as_str()), "{row:?}");
        for part in ["value", "numerator", "denominator"] {
            assert!(row[part].is_empty() || row[part] == of[part], "{part} {row:?} {of:?}");
        }
        let (above, below) = (parsed(of, "numerator"), parsed(of, "denominator"));
        let is_share = of["unit"] == "per cent";
        let rest = above.zip(below).map(|(above, below)| below - above).filter(|_| is_share);
        let is_small = [above, below].into_iter().flatten().any(|count| FEW.contains(&count));
        let is_small_rest = rest.is_some_and(|rest| rest.fract() == 0.0 && FEW.contains(&rest));
        if parsed(of, "value").is_some() && (is_small || is_small_rest) {
            assert_eq!(
                (row["value"].as_str(), row["symbols"].as_str(), row["reason"].as_str()),
                ("", "[c]", "confidential")
            );
            small += 1;
        }
        hidden += usize::from(row["reason"] == "confidential");
        shown += usize::from(!row["value"].is_empty());
    }
    assert!(small > 30 && hidden > small && shown > 50, "{small} {hidden} {shown}");
    for files in both() {
        for row in values(files).iter().filter(|row| is_local(row)) {
            for part in ["numerator", "denominator"] {
                assert!(parsed(row, part).is_none_or(|count| !FEW.contains(&count)), "{part} {row:?}");
            }
            // A value that is hidden is worked out of two counts that are shown.
            let has_both = !row["numerator"].is_empty() && !row["denominator"].is_empty();
            assert!(!row["value"].is_empty() || !has_both || row["denominator"] == "0", "{row:?}");
        }
    }
}

/// The page and the workbooks have no number on own returns that `values.csv` hides, and nothing of schools, cases and rows.
#[test]
fn no_other_file_tells_more() {
    let restricted = values(&packs().first);
    let schools: BTreeSet<&str> = restricted
        .iter()
        .filter(|row| row["geography_level"] == "school")
        .map(|row| row["geography_name"].as_str())
        .collect();
    assert!(schools.len() > 3);
    let heading = Regex::new("<h([1-6])[ >]").unwrap();
    for files in both() {
        let html = page(files);
        let said = seen(&html);
        is_sound_as("Public edition.", &BTreeMap::from([("pack.html".to_owned(), html.clone())]));
        let levels: Vec<u32> = heading.captures_iter(&html).map(|found| found[1].parse().unwrap()).collect();
        assert!(levels[0] == 1 && levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
        for part in [
            "-ranking-",
            "-schools",
            "case-",
            "late-returns",
            "id=\"rows\"",
            "id=\"faults\"",
            "id=\"moved\"",
            "Restricted",
        ] {
            assert!(!html.contains(part), "{part}");
        }
        assert!(said.contains("Public edition.") && said.contains("hidden: few persons are behind it"));
        let rows = values(files);
        let mut compared = 0;
        for (name, table) in tables(&html) {
            let Some((id, part)) = name.rsplit_once('-') else { continue };
            if !["series", "own"].contains(&part) {
                continue;
            }
            for row in &table[1..] {
                let is_row = |of: &&ValueRow| {
                    is_local(of) && of["kpi_id"] == id && of["period"] == row[0].0 && of["breakdown"] == "total"
                };
                let Some(of) = rows.iter().find(is_row) else { continue };
                assert_eq!(number(&row[1].1), parsed(of, "value"), "{name} {row:?}");
                for (head, cell) in table[0].iter().zip(row) {
                    let part = head.1.to_lowercase();
                    if ["numerator", "denominator"].contains(&part.as_str()) {
                        assert_eq!(number(&cell.1), parsed(of, &part), "{name} {row:?}");
                    }
                }
                compared += 1;
            }
        }
        assert!(compared > 30, "{compared}");
        for school in &schools {
            assert!(!html.contains(school), "{school}");
        }
        for file in ["pack-accessible.xlsx", "pack-working.xlsx"] {
            let mut book: Xlsx<_> = Xlsx::new(Cursor::new(files[file].clone())).unwrap();
            let names = book.sheet_names();
            assert!(names.contains(&"Series".to_owned()) && names.contains(&"Groups".to_owned()), "{names:?}");
            for name in &names {
                assert!(!["Schools", "Changes"].contains(&name.as_str()), "{file} has {name}");
                let range = book.worksheet_range(name).unwrap();
                let cells: Vec<&[Data]> = range.rows().collect();
                for cell in cells.iter().flat_map(|row| row.iter()) {
                    let text = cell.to_string();
                    assert!(!schools.contains(text.as_str()) && !text.contains("Restricted"), "{file} {name} {text}");
                }
                let Some(head) = cells.iter().position(|row| row.iter().any(|cell| says(cell, "Numerator"))) else {
                    continue;
                };
                let counts = cells[head]
                    .iter()
                    .enumerate()
                    .filter(|(_, cell)| ["Numerator", "Denominator"].contains(&cell.to_string().as_str()));
                for (column, _) in counts {
                    for row in &cells[head + 1..] {
                        let is_own = row.iter().any(|cell| says(cell, "own returns"));
                        let few = matches!(&row[column], Data::Float(count) if FEW.contains(count));
                        assert!(!is_own || !few, "{file} {name} {row:?}");
                    }
                }
            }
        }
        let record: serde_json::Value = serde_json::from_slice(&files["pack.json"]).unwrap();
        assert_eq!((&record["edition"], &record["inputs"]), (&"public".into(), &serde_json::json!([])));
        for part in ["disclosure/policy.csv", "disclosure/counts.csv", "disclosure/sums.csv"] {
            assert!(record["files"][part]["sha256"].is_string(), "{part}");
        }
        let counts = String::from_utf8(files["disclosure/counts.csv"].clone()).unwrap();
        assert!(!counts.contains("true_value") && counts.contains("[c]"));
    }
    // The second release knows what the first showed.
    let counts = String::from_utf8(public().november["disclosure/counts.csv"].clone()).unwrap();
    assert!(counts.contains("as told in release 1: send_partnership of 2026-09-21"));
}

/// The proof holds against the verifier, and no longer when somebody puts back by hand what was hidden.
#[test]
fn the_proof_holds_until_a_hidden_number_is_put_back() {
    let county = &packs().county;
    let folder = county.packs.join("public-november");
    assert!(!public().november.is_empty());
    let verify = |at: &std::path::Path| county.ask(&["--json", "disclosure", "verify", &at.display().to_string()]);
    let (code, out, err) = verify(&folder);
    assert_eq!(code, 0, "{out}{err}");
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(told["hidden"].as_u64().unwrap() > 50 && told["is_safe"] == true, "{out}");

    let truth: BTreeMap<Vec<String>, ValueRow> =
        values(&packs().first).into_iter().map(|row| (key(&row), row)).collect();
    let counts = String::from_utf8(public().november["disclosure/counts.csv"].clone()).unwrap();
    let name = Regex::new(r"^(\d+),printed,([a-z0-9_]+)\.(numerator|denominator) (\S+),\[c\]").unwrap();
    let copy = folder.with_file_name("put-back");
    let (mut caught, mut tried) = (0, 0);
    for (at, line) in counts.lines().enumerate() {
        let Some(found) = name.captures(line) else { continue };
        let of = |row: &&ValueRow| {
            is_local(row)
                && row["kpi_id"] == found[2]
                && row["period"] == found[4]
                && row["breakdown"] == "total"
                && row["geography_level"] == "authority"
        };
        let Some(row) = truth.values().find(of) else { continue };
        // Larger than few: it was hidden since it would tell another.
        let Some(value) = parsed(row, &found[3]).filter(|value| *value >= 5.0 && value.fract() == 0.0) else {
            continue;
        };
        let put: Vec<String> = counts
            .lines()
            .enumerate()
            .map(
                |(index, line)| if index == at { line.replacen("[c]", &value.to_string(), 1) } else { line.to_owned() },
            )
            .collect();
        fs::create_dir_all(&copy).unwrap();
        for part in ["policy.csv", "sums.csv"] {
            fs::write(copy.join(part), &public().november[&format!("disclosure/{part}")]).unwrap();
        }
        fs::write(copy.join("counts.csv"), put.join("\n") + "\n").unwrap();
        let (code, out, err) = verify(&copy);
        assert!([0, 65].contains(&code), "{line}: {out}{err}");
        tried += 1;
        caught += usize::from(code == 65);
        if caught == 3 {
            break;
        }
    }
    // Of many counts of few persons (twelve suspensions of one child) nobody can tell without the rows: their files are told by their hashes.
    assert!(caught > 0, "{caught} of {tried}: {counts}");
    for (file, from, to) in [("disclosure/counts.csv", "[c]", "17"), ("values.csv", ",confidential,", ",,")] {
        let place = folder.with_file_name(format!("changed-{}", file.replace('/', "-")));
        for (name, bytes) in &public().november {
            let path = place.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let text = String::from_utf8_lossy(bytes);
            if name == file {
                assert!(text.contains(from), "{file}");
                fs::write(path, text.replacen(from, to, 1)).unwrap();
            } else {
                fs::write(path, bytes).unwrap();
            }
        }
        let (code, out, err) = verify(&place);
        assert_eq!(code, 65, "{file}: {out}{err}");
        assert!(out.contains(&format!("`{file}` is not as the pack was made")), "{out}");
    }
}

/// Made again it has the same bytes, and is the same release: what was published is not held against itself.
#[test]
fn the_same_release_has_the_same_bytes() {
    let county = &packs().county;
    let (one, again) = (&public().september, county.packed("2026-09-21", "public-again", &["--edition", "public"]));
    assert_eq!(one.keys().collect::<Vec<_>>(), again.keys().collect::<Vec<_>>());
    for (name, bytes) in one {
        assert!(again[name] == *bytes, "{name} is another");
    }
    let releases = county.config.with_file_name("var").join("releases");
    assert_eq!(files(&releases).len(), 2);
    // What is not known of earlier releases cannot be held against anything: nothing is published.
    let kept = fs::read(releases.join("000001.json")).unwrap();
    fs::write(releases.join("000001.json"), "{}").unwrap();
    let (code, _, err) = county.pack("2026-11-20", "public-refused", &["--edition", "public"]);
    fs::write(releases.join("000001.json"), kept).unwrap();
    assert_eq!(code, 74, "{err}");
    assert!(err.contains("[pack::damaged_release]"), "{err}");
    assert!(!county.packs.join("public-refused").exists());
}

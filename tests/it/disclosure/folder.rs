use std::fs;
use std::path::Path;

use sendmart::definitions::{DisclosurePolicy, WhoIsCounted};
use sendmart::disclosure::{CountKey, DisclosureProof, FigureShape, PersonCount, PrintedFigure, PrintedRelease};
use sendmart::disclosure::{protect, read_proof, write_proof};

use crate::sendmart;

fn proof() -> DisclosureProof {
    let mut release = PrintedRelease::default();
    for (place, value) in [("", 61), ("A, north", 2), ("B", 18), ("C", 41)] {
        let key = CountKey { measure: "suspensions".into(), period: "2025/26".into(), ..CountKey::default() };
        let key = key.with("place", place);
        release.counts.insert(key.clone(), PersonCount { value, persons: value, who: WhoIsCounted::Children });
        release.figures.push(PrintedFigure { id: place.to_owned(), shape: FigureShape::Count(key) });
        if !place.is_empty() {
            release.parents.entry("place".into()).or_default().insert(place.into(), String::new());
        }
    }
    protect(&release, &DisclosurePolicy::strict()).unwrap().proof
}

fn write(folder: &Path, proof: &DisclosureProof) {
    fs::create_dir_all(folder).unwrap();
    for (name, text) in write_proof(proof) {
        fs::write(folder.join(name), text).unwrap();
    }
}

#[test]
fn a_proof_is_read_as_it_was_written_and_the_public_one_tells_no_truth() {
    let proof = proof();
    for proof in [&proof, &proof.public()] {
        assert_eq!(read_proof(&write_proof(proof)).unwrap(), *proof);
    }
    let public = write_proof(&proof.public());
    insta::assert_snapshot!(public["counts.csv"]);
    assert!(!public["sums.csv"].contains("rows"));
}

#[test]
fn the_verb_finds_nothing_in_a_pack_and_everything_in_one_that_was_changed() {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("pack");
    write(&pack.join("disclosure"), &proof().public());
    let at = pack.display().to_string();
    let (code, out, err) = sendmart(folder.path(), &["disclosure", "verify", &at]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("2 hidden counts: 0 worked out, 0 told too nearly"), "{out}");

    // Somebody shows the one that hid the other.
    let mut changed = proof();
    for count in &mut changed.counts {
        if count.name.ends_with("place=B") {
            count.shown = Some(18);
        }
    }
    write(&pack.join("disclosure"), &changed.public());
    let (code, out, err) = sendmart(folder.path(), &["--json", "disclosure", "verify", &at]);
    assert_eq!(code, 65, "{err}");
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["recovered"], serde_json::json!(["suspensions 2025/26 place=A, north"]));
    assert!(err.contains("[disclosure::leak]"), "{err}");

    // A total that is not the sum of what is shown.
    for count in &mut changed.counts {
        count.shown = count.truth.map(|truth| truth.value + i64::from(count.name.ends_with("place=C")));
    }
    write(&pack.join("disclosure"), &changed.public());
    let (code, out, err) = sendmart(folder.path(), &["disclosure", "verify", &at]);
    assert_eq!(code, 65, "{err}");
    assert!(out.contains("wrong: sum 1 does not hold"), "{out}");
}

#[test]
fn what_is_no_proof_is_told_with_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("pack");
    let asked = at.display().to_string();
    fs::create_dir_all(&at).unwrap();
    let ask = || sendmart(folder.path(), &["disclosure", "verify", &asked]);
    let (code, _, err) = ask();
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("[disclosure::no_proof] there is no `policy.csv`"), "{err}");
    write(&at, &proof());
    let counts = fs::read_to_string(at.join("counts.csv")).unwrap();
    fs::write(at.join("counts.csv"), counts.replacen(",18,", ",eighteen,", 1)).unwrap();
    let (code, _, err) = ask();
    assert_eq!(code, 74, "{err}");
    assert!(err.contains("counts.csv:") && err.contains("`eighteen`, which is no whole number"), "{err}");
}

#[test]
fn policies_that_protect_nobody_are_refused() {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir_all(place.path().join("config")).unwrap();
    let text = "policy = \"strikt\"\n[policies.strict]\nabout = \" \"\nthreshold = 1\n\
                [policies.other]\nabout = \"x\"\nthreshold = 10\nwidth = 3\nprotects = []\n";
    fs::write(place.path().join("config/disclosure.toml"), text).unwrap();
    let problems = sendmart::definitions::load(place.path(), None).unwrap_err();
    let told: Vec<(&str, usize)> =
        problems.0.iter().filter(|one| one.path.ends_with("disclosure.toml")).map(|one| (one.code, one.line)).collect();
    let expected = [
        ("disclosure::no_such_policy", 1),
        ("disclosure::about", 3),
        ("disclosure::threshold", 4),
        ("disclosure::width", 8),
        ("disclosure::protects", 9),
    ];
    assert_eq!(told, expected);
}

/// The file that is committed says what holds where there is none.
#[test]
fn the_committed_policy_is_the_strict_one() {
    let (definitions, _) = sendmart::definitions::load_what_is_right(crate::checkout(), None);
    assert_eq!(definitions.disclosure.chosen(), DisclosurePolicy::strict());
}

/// Days of vacant posts, each of few people, hidden whole and in all their parts: what nothing bounds cannot be worked out.
#[test]
fn what_is_hidden_whole_and_in_every_part_is_not_taken_for_known() {
    let mut release = PrintedRelease::default();
    let all = [("", "", 409), ("cover", "agency", 14), ("cover", "nobody", 395)];
    let teams = [("team", "A", 365), ("team", "B", 20), ("team", "C", 24), ("team", "D", 0), ("team", "E", 0)];
    for (dimension, category, value) in all.into_iter().chain(teams) {
        let key = CountKey { measure: "days".into(), period: "2024/25".into(), ..CountKey::default() };
        let key = if dimension.is_empty() { key } else { key.with(dimension, category) };
        let persons = value.min(3);
        release.counts.insert(key.clone(), PersonCount { value, persons, who: WhoIsCounted::Staff });
        release.figures.push(PrintedFigure { id: format!("{dimension} {category}"), shape: FigureShape::Count(key) });
        if !dimension.is_empty() {
            release.parents.entry(dimension.into()).or_default().insert(category.into(), String::new());
        }
    }
    let protection = protect(&release, &DisclosurePolicy::strict()).unwrap();
    assert!(protection.exposed.is_empty());
    for proof in [protection.proof.public(), protection.proof] {
        let verdict = sendmart::disclosure::verify(&proof);
        assert!(verdict.is_safe() && verdict.hidden == 6, "{verdict:?}");
    }
}

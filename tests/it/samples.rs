use std::fs;
use std::path::Path;

use crate::sendmart;

#[test]
fn every_sample_gives_the_rows_and_faults_that_are_expected() {
    let (code, out, err) = sendmart(crate::checkout(), &["test"]);
    assert_eq!(code, 0, "{out}{err}");
    let tried = out.lines().filter(|line| line.starts_with("ok ")).count();
    assert!(tried >= 39, "only {tried} layouts have a sample\n{out}");
}

#[test]
fn a_sample_that_differs_is_told_and_can_be_accepted() {
    let folder = tempfile::tempdir().unwrap();
    crate::link_definitions(folder.path());
    let pipelines = folder.path().join("pipelines");
    std::fs::remove_file(&pipelines).unwrap();
    let copied = std::process::Command::new("cp")
        .arg("-r")
        .arg(crate::checkout().join("pipelines/statistical_neighbours"))
        .arg(folder.path().join("copy"))
        .status()
        .unwrap();
    assert!(copied.success());
    std::fs::create_dir(&pipelines).unwrap();
    // Its KPIs would ask for the other collections.
    std::fs::remove_file(folder.path().join("sql")).unwrap();
    std::fs::create_dir_all(folder.path().join("sql/kpis")).unwrap();
    let collection = pipelines.join("statistical_neighbours");
    std::fs::rename(folder.path().join("copy"), &collection).unwrap();
    let expected = std::fs::read_dir(collection.join("expected")).unwrap().next().unwrap().unwrap().path();
    let faults = expected.join("faults.csv");
    let before = std::fs::read_to_string(&faults).unwrap();
    std::fs::write(&faults, format!("{before}99,,A99,row::too_short,error\n")).unwrap();
    let (code, out, err) = sendmart(folder.path(), &["test", "statistical_neighbours"]);
    assert_eq!(code, 65);
    assert!(out.contains("faults.csv - 99,,A99,row::too_short,error"), "{out}");
    assert!(err.contains("1 of 1 samples differ"), "{err}");
    let (code, ..) = sendmart(folder.path(), &["test", "--accept"]);
    assert_eq!((code, std::fs::read_to_string(&faults).unwrap()), (0, before));
    let (code, _, err) = sendmart(folder.path(), &["test", "statistical_neighbour"]);
    assert_eq!(code, 1);
    assert!(err.contains("did you mean `statistical_neighbours`?"), "{err}");
}

/// A place with definitions of its own, of which marts and macros are the project's.
fn place_of_kpis() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    crate::link_definitions(folder.path());
    fs::remove_file(folder.path().join("sql")).unwrap();
    fs::create_dir_all(folder.path().join("sql/kpis/local")).unwrap();
    for shared in ["sql/marts", "sql/macros"] {
        std::os::unix::fs::symlink(crate::checkout().join(shared), folder.path().join(shared)).unwrap();
    }
    folder
}

#[test]
fn a_new_kpi_has_a_test_and_says_its_rows() {
    let folder = place_of_kpis();
    for (id, mart, says) in [("pupils", "fct_roll", "every = "), ("years", "fct_suspension_group", "none = ")] {
        let (code, out, err) = sendmart(folder.path(), &["kpi", "new", id, "--reads", mart]);
        assert_eq!(code, 0, "{out}{err}");
        let written = fs::read_to_string(folder.path().join(format!("sql/kpis/local/{id}.sql"))).unwrap();
        assert!(written.contains(&format!("[rows]\n{says}")), "{written}");
        let (code, out, err) = sendmart(folder.path(), &["test", id]);
        assert!(code == 0 && out.contains(&format!("ok        {id} (local): 2 values")), "{out}{err}");
    }
}

#[test]
fn the_test_of_a_kpi_makes_a_mart_of_the_tables_that_it_reads() {
    let folder = place_of_kpis();
    let local = folder.path().join("sql/kpis/local");
    let copied = |from: &Path, to: &Path| {
        let done = std::process::Command::new("cp").arg("-r").arg(from).arg(to).status().unwrap();
        assert!(done.success());
    };
    let project = crate::checkout().join("sql/kpis/local");
    for name in ["aid_pick_up.sql", "aid_pick_up.test"] {
        copied(&project.join(name), &local.join(name));
    }
    let tables = local.join("aid_pick_up.test");
    assert!(!tables.join("fct_third_suspension.csv").exists());
    let (code, out, err) = sendmart(folder.path(), &["test", "aid_pick_up"]);
    assert!(code == 0 && out.contains("ok        aid_pick_up (local): 3 values"), "{out}{err}");
    // The mart is tried too: a day later than its window is no longer in time.
    let events = fs::read_to_string(tables.join("fct_inclusion_discussion.csv")).unwrap();
    assert!(events.contains(",115\n"), "{events}");
    fs::write(tables.join("fct_inclusion_discussion.csv"), events.replace(",115\n", ",116\n")).unwrap();
    let (code, out, _) = sendmart(folder.path(), &["test", "aid_pick_up"]);
    assert!(code == 65 && out.contains("differs   aid_pick_up"), "{out}");
    // What it is made of has to be there.
    fs::remove_file(tables.join("fct_inclusion_discussion.csv")).unwrap();
    let (code, out, _) = sendmart(folder.path(), &["test", "aid_pick_up"]);
    assert!(code == 65 && out.contains("wanted are") && out.contains("fct_inclusion_discussion"), "{out}");
}

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

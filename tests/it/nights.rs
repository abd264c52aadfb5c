//! Nights that no one watches: what a run says, and with which exit code, where something was not as it should be.

use crate::sendmart;

#[test]
fn where_nothing_has_come_nothing_is_published_and_the_exit_code_says_so() {
    let (_keep, place) = crate::place();
    let (code, out, err) = sendmart(&place, &["run"]);
    assert_eq!(code, 66, "{out}{err}");
    assert!(err.contains("nothing has come yet, and nothing is published"), "{err}");
    assert!(!place.join("var/warehouse/sendmart.duckdb").exists());
    // What has come is held: it is told, and still nothing is published.
    let drop = place.join("inbox/gias");
    std::fs::create_dir_all(&drop).unwrap();
    std::fs::write(drop.join("edubasealldata20250901.csv"), "no,such,header\n1,2,3\n").unwrap();
    let (code, out, err) = sendmart(&place, &["run"]);
    assert!(code == 65 && err.contains("edubasealldata20250901.csv"), "{out}{err}");
    assert!(!place.join("var/warehouse/sendmart.duckdb").exists());
    std::fs::remove_file(drop.join("edubasealldata20250901.csv")).unwrap();
    // The next run, to which something has come, publishes.
    let sample = crate::checkout().join("pipelines/published_absence/samples/bands");
    let drop = place.join("inbox/published_absence");
    std::fs::create_dir_all(&drop).unwrap();
    let file = std::fs::read_dir(sample).unwrap().next().unwrap().unwrap().path();
    std::fs::copy(&file, drop.join(file.file_name().unwrap())).unwrap();
    let (code, out, err) = sendmart(&place, &["run"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(place.join("var/warehouse/sendmart.duckdb").exists());
}

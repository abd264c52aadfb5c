use std::fs;

use super::{PAGE, Two};

/// Both collections have a file, and are published.
fn begun() -> Two {
    let two = Two::new();
    two.file("inbox/visits/spring.csv", "v", 10, 0);
    two.file("inbox/clinics/clinic_north.csv", "c", 8, 0);
    two.run(0);
    assert_eq!(two.rows(), (10, 8));
    two
}

#[test]
fn a_bad_file_holds_its_own_collection_and_the_others_are_published() {
    let two = begun();
    let books = "SELECT string_agg(delivery_id || rows_read || rows_accepted, ' ' ORDER BY delivery_id) AS b FROM meta.delivery WHERE collection = 'visits'";
    let before = two.ask(books);
    two.write("inbox/visits/bad.csv", PAGE);
    two.file("inbox/visits/summer.csv", "w", 6, 0);
    two.file("inbox/clinics/clinic_south.csv", "s", 5, 0);
    insta::assert_snapshot!("a_run_that_holds_a_collection", two.run(65));
    assert_eq!(two.rows(), (10, 13), "the good file of the held collection waits");
    assert_eq!(two.ask(books), before, "same deliveries, same books");
    let held = two.ask(
        "SELECT collection, deliveries_kept, file_name, code, message, hint FROM meta.held ORDER BY code NULLS LAST",
    );
    insta::assert_snapshot!(
        "what_meta_says_of_a_held_collection",
        two.told(&serde_json::to_string_pretty(&held).unwrap())
    );
    let (code, out, err) = two.sendmart(&["status"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("`visits` is held since "), "{out}");

    // Nothing new: nothing is published, it is told again, and since when stays.
    let since = two.status()["held"][0]["since"].clone();
    let generation = two.generation();
    two.run(65);
    assert_eq!((two.generation(), &two.status()["held"][0]["since"]), (generation, &since));

    two.remove("inbox/visits/bad.csv");
    two.run(0);
    assert_eq!(two.rows(), (16, 13));
    assert_eq!(two.number("SELECT count(*) FROM meta.held"), 0);
    assert_eq!(two.status()["held"].as_array().unwrap().len(), 0);
}

#[test]
fn quarantined_and_fallen_rows_hold_their_collection() {
    let two = begun();
    two.file("inbox/visits/autumn.csv", "a", 10, 4);
    two.file("inbox/clinics/clinic_south.csv", "s", 5, 0);
    let told = two.run(65);
    assert!(told.contains("[gate::quarantined]") && told.contains("4 of 10 rows"), "{told}");
    assert_eq!(two.rows(), (10, 13));
    // Corrected under its name, the first one being gone: it was never published, and its fault ends.
    two.file("inbox/visits/autumn.csv", "a", 10, 0);
    two.run(0);
    assert_eq!(two.rows(), (20, 13));

    two.file("inbox/visits/winter.csv", "w", 3, 0);
    let told = two.run(65);
    assert!(
        told.contains("[gate::rows]") && told.contains("3 rows, where the delivery before it (autumn.csv) had 10"),
        "{told}"
    );
    // A file that fell is no measure for the next, which falls too.
    two.file("inbox/visits/later.csv", "l", 4, 0);
    let told = two.run(65);
    assert!(told.contains("4 rows, where the delivery before it (autumn.csv) had 10"), "{told}");
    two.remove("inbox/visits/winter.csv");
    two.file("inbox/visits/later.csv", "l", 9, 0);
    two.run(0);
    assert_eq!(two.rows(), (29, 13));
}

#[test]
fn a_file_that_comes_cut_short_under_its_name_is_held_though_nobody_asked_for_rows() {
    let two = Two::new();
    two.gate("visits", "");
    two.file("inbox/visits/log.csv", "v", 40, 0);
    two.file("inbox/visits/spring.csv", "s", 12, 0);
    two.run(0);
    // A shorter month is no fault, nor is a short file that comes again shorter.
    two.file("inbox/visits/august.csv", "a", 3, 0);
    two.file("inbox/visits/spring.csv", "s", 2, 0);
    two.run(0);
    two.file("inbox/visits/log.csv", "v", 19, 0);
    insta::assert_snapshot!("a_file_cut_short_is_held", two.run(65));
    // What was held is no measure for what comes in its place.
    two.file("inbox/visits/log.csv", "v", 18, 0);
    let told = two.run(65);
    assert!(told.contains("18 rows, where the delivery before it (log.csv) had 40"), "{told}");
    // Whoever knows that it is whole says so.
    two.gate("visits", "min_rows_share = 0");
    two.run(0);
    two.gate("visits", "min_rows_share = 50\nmax_quarantined_share = 5");
    let told = two.run(78);
    assert!(told.contains("`min_rows_share = 50` is no share of the rows"), "{told}");
    assert!(told.contains("`max_quarantined_share = 5` is no share of the rows"), "{told}");
}

/// A day that the source declares is the same for a file and for what corrects it.
#[test]
fn a_file_cut_short_is_held_where_its_day_is_declared() {
    let two = Two::new();
    two.gate("visits", "");
    let pipeline = two.read("pipelines/visits/pipeline.toml") + "received = \"2025-03-01\"\n";
    two.write("pipelines/visits/pipeline.toml", &pipeline);
    two.file("inbox/visits/log.csv", "v", 40, 0);
    two.run(0);
    for rows in [12, 11] {
        two.file("inbox/visits/log.csv", "v", rows, 0);
        let told = two.run(65);
        assert!(told.contains(&format!("{rows} rows, where the delivery before it (log.csv) had 40")), "{told}");
    }
    assert_eq!(two.rows().0, 40);
}

/// A folder that is not there tonight keeps what it held, and the exit code says that it was not looked through.
#[test]
fn a_folder_that_cannot_be_read_is_told_by_the_exit_code() {
    let two = begun();
    fs::rename(two.root.join("inbox/visits"), two.root.join("inbox/elsewhere")).unwrap();
    let told = two.run(74);
    assert!(told.contains("1 source or file could not be read"), "{told}");
    assert_eq!(two.rows(), (10, 8));
    fs::rename(two.root.join("inbox/elsewhere"), two.root.join("inbox/visits")).unwrap();
    two.run(0);
}

#[test]
fn all_or_nothing_where_the_gate_says_stop() {
    let two = begun();
    two.gate("visits", "on_refusal = \"stop\"");
    two.run(0);
    let generation = two.generation();
    two.write("inbox/visits/bad.csv", PAGE);
    two.file("inbox/clinics/clinic_south.csv", "s", 5, 0);
    insta::assert_snapshot!("a_gate_that_stops_everything", two.run(65));
    assert_eq!((two.generation(), two.rows()), (generation, (10, 8)));
    two.gate("visits", "on_refusal = \"halt\"");
    let (code, _, err) = two.sendmart(&["check"]);
    assert_eq!(code, 78);
    assert!(err.contains("`hold`") && err.contains("`stop`"), "{err}");
}

#[test]
fn on_the_first_run_a_held_collection_has_nothing_and_the_other_is_published() {
    let two = Two::new();
    two.write("inbox/visits/bad.csv", PAGE);
    let told = two.run(65);
    assert!(told.contains("the data stopped the publish"), "nothing at all to publish: {told}");
    two.file("inbox/visits/spring.csv", "v", 10, 0);
    two.file("inbox/clinics/clinic_north.csv", "c", 8, 0);
    let told = two.run(65);
    assert!(told.contains("it has nothing yet to keep, and 1 delivery waits"), "{told}");
    assert_eq!(two.rows(), (0, 8));
}

#[test]
fn a_file_that_no_layout_is_for_is_told_and_holds_nothing() {
    let two = begun();
    two.write("inbox/clinics/README.txt", "Please put files here.\nThank you.\n");
    two.write("inbox/visits/notes.txt", "Please ring the school before noon\n");
    fs::write(two.root.join("inbox/visits/old.db"), [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0, 0, 0])
        .unwrap();
    two.write("inbox/clinics/staff.csv", "name,phone\nx,1\n");
    two.write("inbox/clinics/~$clinic_north.csv", "lock");
    two.file("inbox/clinics/clinic_south.csv", "s", 5, 0);
    let as_of = two.status()["live"]["as_of"].clone();
    insta::assert_snapshot!("strays_are_told", two.run(0));
    assert_eq!((two.rows(), &two.status()["live"]["as_of"]), ((10, 13), &as_of));
    assert_eq!(two.number("SELECT count(*) FROM meta.fault WHERE severity = 'query'"), 4);
    assert_eq!(two.number("SELECT count(*) FROM meta.fault"), 4);
    assert!(two.sendmart(&["status"]).1.contains("Not read: [read::no_layout_for_name]"));
    for name in ["clinics/README.txt", "visits/notes.txt", "visits/old.db", "clinics/staff.csv"] {
        two.remove(&format!("inbox/{name}"));
    }
    let told = two.run(0);
    assert!(!told.contains("warning"), "{told}");
    assert_eq!(two.number("SELECT count(*) FROM meta.fault"), 0, "taken away, told no more");
}

#[test]
fn a_delivery_that_is_renamed_or_broken_is_no_stray() {
    let two = begun();
    // The labels of the layout under a name that it does not take.
    two.file("inbox/clinics/north clinic.csv", "r", 5, 0);
    let told = two.run(65);
    insta::assert_snapshot!("a_renamed_delivery_is_told_by_its_labels", told);
    two.remove("inbox/clinics/north clinic.csv");
    // The name of the layout, and nothing of it inside.
    two.write("inbox/clinics/clinic_east.csv", "name,phone\nx,1\n");
    assert!(two.run(65).contains("[read::header_not_found]"));
    two.remove("inbox/clinics/clinic_east.csv");
    // Any name will do, and two of three labels stand there.
    two.write("inbox/visits/july.csv", "id,days of stay,site\nx,1,north\n");
    assert!(two.run(65).contains("`visits` is held"));
    two.remove("inbox/visits/july.csv");
    // Nobody can see what stands in it.
    fs::write(two.root.join("inbox/visits/august.csv"), "").unwrap();
    assert!(two.run(65).contains("[read::empty]"));
    two.remove("inbox/visits/august.csv");
    two.run(0);
}

#[test]
fn a_definition_by_which_live_rows_would_be_lost_stops_the_publish() {
    let two = begun();
    let contract = fs::read_to_string(two.root.join("pipelines/visits/tables/visits.toml")).unwrap();
    two.write(
        "pipelines/visits/tables/visits.toml",
        &format!(
            "{contract}[[rules]]\nid = \"VIS-1\"\nseverity = \"error\"\ncolumns = [\"days\"]\ncheck = \"days < 4\"\nmessage = \"Long\"\nhint = \"Look\"\n"
        ),
    );
    let told = two.run(65);
    assert!(told.contains("it is live with more rows"), "{told}");
    assert_eq!((two.generation(), two.rows()), (1, (10, 8)), "nothing is lost in silence");
    two.write("pipelines/visits/tables/visits.toml", &contract);
    two.run(0);
}

#[test]
fn replay_says_what_a_definition_would_hold() {
    let two = begun();
    two.file("inbox/visits/autumn.csv", "a", 10, 2);
    two.run(0);
    two.gate("visits", "max_quarantined_share = 0.1");
    let (code, out, err) = two.sendmart(&["replay", "--dry-run"]);
    assert_eq!(code, 65, "{out}{err}");
    assert!(
        err.contains("1 collection would be held") && err.contains("it keeps the 2 deliveries that it had"),
        "{err}"
    );
}

/// An archive that nobody can unpack may hold what was expected.
#[test]
fn a_broken_archive_holds_its_collection() {
    let two = begun();
    two.file("inbox/clinics/clinic_south.csv", "s", 5, 0);
    fs::write(two.root.join("inbox/visits/june.zip"), b"PK\x03\x04 cut short on its way").unwrap();
    let told = two.run(65);
    assert!(told.contains("`visits` is held since") && told.contains("june.zip"), "{told}");
    assert_eq!(two.rows(), (10, 13));
    assert_eq!(two.number("SELECT count(*) FROM meta.held WHERE source LIKE '%june.zip' AND delivery_id IS NULL"), 1);
    assert_eq!(two.status()["held"][0]["collection"], "visits");
    two.remove("inbox/visits/june.zip");
    two.run(0);
}

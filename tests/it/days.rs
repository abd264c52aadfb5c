use std::fs;

use crate::small::Small;
use crate::{place, sendmart};

/// Midnight of 1 July in England is 23:00 of 30 June in UTC: what comes then came on 1 July.
#[test]
fn a_day_is_one_where_the_place_is() {
    let small = Small::new();
    let run = |zone: &str, more: &[&str]| {
        let config = small.root.join("zone.toml");
        let text = format!(
            "{zone}[[source]]\ncollection = \"published_ehcp\"\nfolder.path = \"inbox/june\"\nreceived = \"2026-06-30\"\n\
             [[source]]\ncollection = \"published_ehcp\"\nfolder.path = \"inbox/july\"\nreceived = \"2026-07-01\"\n"
        );
        fs::write(&config, text).unwrap();
        let (code, out, err) = sendmart(&small.root, &[&["--config", config.to_str().unwrap()], more].concat());
        (code, out.replace(&small.root.display().to_string(), "PLACE"), err)
    };
    for (number, month) in [(1, "june"), (2, "july")] {
        small.deliver(number);
        let folder = small.root.join("inbox").join(month);
        fs::create_dir_all(&folder).unwrap();
        let name = format!("timeliness_{number:03}.csv");
        fs::rename(small.root.join("inbox").join(&name), folder.join(&name)).unwrap();
    }
    let (code, out, err) = run("", &["run"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("KPIs as of 2026-07-01"), "{out}");
    let asked = "SELECT timezone, CAST(as_of AS VARCHAR) AS as_of, strftime(known_at, '%Y-%m-%d %H:%M:%S') AS known_at, \
                 (SELECT string_agg(strftime(received_at, '%Y-%m-%d %H:%M'), ', ' ORDER BY received_at) FROM meta.delivery) AS received, \
                 (SELECT max(strftime(known_at, '%Y-%m-%d %H:%M')) FROM kpi.value) AS of_values FROM meta.generation";
    let (_, told, _) = run("", &["--json", "query", asked]);
    assert_eq!(
        told.trim(),
        "{\"timezone\":\"Europe/London\",\"as_of\":\"2026-07-01\",\"known_at\":\"2026-07-01 00:00:00\",\
         \"received\":\"2026-06-30 00:00, 2026-07-01 00:00\",\"of_values\":\"2026-07-01 00:00\"}"
    );
    let zone = "timezone = \"Europe/Londno\"\n";
    let (code, _, err) = run(zone, &["check"]);
    assert_eq!(code, 78);
    assert!(
        err.contains("error[spec::time_zone]: `timezone`: `Europe/Londno` is not the name of a time zone"),
        "{err}"
    );
    assert!(err.contains("did you mean `Europe/London`?") && err.contains("zone.toml:1:1"), "{err}");
}

/// Faults of the rule, of a collection of one file of the shared cases.
fn times_in_dates(collection: &str, file: &str) -> Option<String> {
    let shared = crate::shared(&format!("cases/turn2/dates/{file}"))?;
    let (_folder, place) = place();
    let secret = tempfile::tempdir().unwrap();
    let key = secret.path().join("key");
    assert_eq!(sendmart(&place, &["key", "new", "--file", key.to_str().unwrap()]).0, 0);
    let inbox = place.join("inbox").join(collection);
    fs::create_dir_all(&inbox).unwrap();
    fs::copy(shared, inbox.join(file)).unwrap();
    let config = place.join("dates.toml");
    fs::write(
        &config,
        format!("collections = [\"{collection}\"]\nauthority = \"933\"\n[privacy]\nkey = \"{}\"\n", key.display()),
    )
    .unwrap();
    let ask = |arguments: &[&str]| sendmart(&place, &[&["--config", config.to_str().unwrap()], arguments].concat());
    // A lone table of a census publishes nothing; what was read is told all the same.
    let _ = ask(&["run"]);
    let (code, out, err) = ask(&["--json", "faults", "list", "--rule", "cell::time_in_date"]);
    assert_eq!(code, 0, "{err}");
    Some(out)
}

/// A start at 23:00 of 11 October 2024 is midnight of the 12th, as a program wrote it that exports UTC.
#[test]
fn eleven_at_night_in_a_date_is_asked_about_and_its_day_named() {
    let Some(told) = times_in_dates("exclusions", "41b_Suspensions 2024-25.xlsx") else { return };
    assert!(!told.trim().is_empty());
    let loud: Vec<&str> = told.lines().filter(|line| line.contains("23:00")).collect();
    assert!(!loud.is_empty(), "{told}");
    assert!(loud[0].contains("midnight of British summer time written as UTC"), "{told}");
    assert!(told.contains("very likely 2024-10-12"), "{told}");
    assert!(told.lines().all(|line| line.contains("\"severity\":\"query\"")), "{told}");
}

/// The same in an export of the census, where the day of birth is asked about and not told.
#[test]
fn a_day_of_birth_at_eleven_at_night_is_asked_about_and_not_told() {
    let Some(told) = times_in_dates("school_census", "46_2025_spring_pupilonroll.csv") else { return };
    assert!(told.contains("midnight of British summer time written as UTC"), "{told}");
    assert!(told.contains("\"column\":\"date_of_birth\"") || told.contains("dob") || told.contains("birth"), "{told}");
    for day in ["2012-01-20", "2012-01-21", "2012-Jan-20"] {
        assert!(!told.contains(day), "{day} is personal: {told}");
    }
}

/// What the program prints of times is the clock where the place is, to the second.
#[test]
fn times_are_printed_as_a_clock_there_shows_them() {
    let small = Small::new();
    small.deliver(1);
    small.run("2025-06-30");
    let (_, told, _) = small.sendmart(&["status"]);
    let stamp = |text: &str| {
        text.len() >= 19 && text.is_char_boundary(19) && text[..19].parse::<jiff::civil::DateTime>().is_ok()
    };
    let times: Vec<&str> = told.match_indices("20").map(|(at, _)| &told[at..]).filter(|text| stamp(text)).collect();
    assert!(times.len() >= 2, "{told}");
    for text in times {
        let after = text[19..].chars().next().unwrap_or(' ');
        assert!(after != '.' && after != 'Z', "to the second, where the place is: {text}");
    }
}

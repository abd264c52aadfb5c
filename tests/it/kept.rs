//! Marts that are made once: what is there is read, what is not is made, and nobody sees a difference.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::{checkout, sendmart};

/// A county of its own `var`, read up to a day.
fn run(config: &Path, as_of: &str) {
    let (code, out, err) = sendmart(checkout(), &["--config", &config.display().to_string(), "run", "--as-of", as_of]);
    assert_eq!(code, 0, "{out}\n{err}");
}

/// How many rows each table has, and what they are.
fn content(config: &Path) -> Vec<String> {
    let ask = |sql: &str| {
        let (code, out, err) =
            sendmart(checkout(), &["--config", &config.display().to_string(), "--json", "query", sql]);
        assert_eq!(code, 0, "{sql}\n{err}");
        out.lines().map(str::to_owned).collect::<Vec<String>>()
    };
    let tables = ask("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'mart' ORDER BY table_name");
    let named = tables.iter().map(|line| line.split('"').nth(3).unwrap().to_owned());
    let of_table = |table: String| {
        format!(
            "SELECT '{table}' AS name, count(*) AS n, CAST(bit_xor(hash(t)) AS VARCHAR) AS h FROM mart.\"{table}\" AS t"
        )
    };
    let mut parts: Vec<String> = named.map(of_table).collect();
    assert!(parts.len() > 40, "{} marts", parts.len());
    parts.push("SELECT 'kpi.value', count(*), CAST(bit_xor(hash(t)) AS VARCHAR) FROM kpi.value AS t".to_owned());
    ask(&parts.join(" UNION ALL "))
}

fn files(lake: &Path) -> BTreeSet<PathBuf> {
    crate::files_below(&lake.join("marts")).into_iter().collect()
}

#[test]
fn a_build_over_kept_marts_is_a_build_from_nothing() {
    let keep = tempfile::tempdir().unwrap();
    let county = |name: &str| {
        let folder = keep.path().join(name);
        let size = ["--schools", "6", "--pupils", "250", "--years", "2", "--seed", "11"];
        let out = folder.display().to_string();
        let (code, said, err) = sendmart(checkout(), &[&["sample", "--out", &out][..], &size].concat());
        assert_eq!(code, 0, "{said}{err}");
        folder
    };
    let (first, second) = (county("first"), county("second"));
    fs::copy(first.join("sample.key"), second.join("sample.key")).unwrap();
    let config = first.join("sample.toml");
    run(&config, "2026-10-01");
    let lake = first.join("var/lake");
    let made = files(&lake);

    // Another day, without a generation: what a run publishes of that day, and nothing is written.
    let lines = |arguments: &[&str]| {
        let config = config.display().to_string();
        let (code, out, err) = sendmart(checkout(), &[&["--config", &config, "--json"][..], arguments].concat());
        assert_eq!(code, 0, "{out}{err}");
        out.lines().map(str::to_owned).collect::<BTreeSet<String>>()
    };
    let computed = lines(&["kpi", "compute", "--as-of", "2026-10-02"]);
    assert_eq!(files(&lake), made, "nothing is kept of it");

    // Another day: only what speaks of the day is made anew.
    run(&config, "2026-10-02");
    let of_target = ["status", "expected", "difference", "target_day", "target"];
    let columns = of_target.map(|name| format!("aim.{name} AS target_{name}").replace("target_target", "target"));
    let sql = format!(
        "SELECT told.*, {} FROM kpi.value AS told LEFT JOIN kpi.status AS aim \
         USING (kpi_id, basis, period, geography_level, geography_code, breakdown) WHERE basis = 'local'",
        columns.join(", ")
    );
    let published = lines(&["query", &sql]);
    assert!(published.iter().any(|line| line.contains("\"target_status\":\"behind\"")), "values stand beside targets");
    assert!(published.len() > 2_000, "{} values", published.len());
    let differing: Vec<_> = published.symmetric_difference(&computed).take(4).collect();
    assert!(differing.is_empty(), "{differing:#?}");
    // Rows of KPIs and their counts lie beside the marts, several files in a folder.
    let is_mart = |file: &&PathBuf| !file.parent().unwrap().file_name().unwrap().to_string_lossy().starts_with("kpi.");
    let after: BTreeSet<PathBuf> = files(&lake).iter().filter(is_mart).cloned().collect();
    let anew: Vec<_> = after.difference(&made).collect();
    assert!(!anew.is_empty() && anew.len() < 10, "{} of {} marts were made anew: {anew:#?}", anew.len(), after.len());
    let marts = |files: &BTreeSet<PathBuf>| {
        files.iter().map(|file| file.parent().unwrap().to_path_buf()).collect::<BTreeSet<_>>()
    };
    assert_eq!(marts(&after).len(), after.len(), "what nothing needs is cleared away");

    // Nothing that happened after the day counts: the year is what it is to date.
    let then = lines(&["kpi", "compute", "ehcp_20_week", "--as-of", "2025-06-30"]);
    let of = |period: &str| {
        let has = |line: &&String| {
            ["\"geography_level\":\"authority\"", "\"breakdown\":\"total\""].iter().all(|part| line.contains(part))
                && line.contains(&format!("\"period\":\"{period}\""))
        };
        let line = then.iter().find(has).unwrap_or_else(|| panic!("{period} in {then:#?}"));
        serde_json::from_str::<serde_json::Value>(line).unwrap()
    };
    let (year, to_date) = (of("2025"), of("2025 to 06-30"));
    assert_eq!((&year["numerator"], &year["denominator"]), (&to_date["numerator"], &to_date["denominator"]));
    assert!(year["mark"].as_str().unwrap().ends_with("partial: up to 2025-06-30"), "{year}");

    // Why a value moved: the steps add up to the whole, and each is told where it is the only one.
    let moved = |arguments: &[&str]| -> Vec<serde_json::Value> {
        let told = lines(&[&["kpi", "diff"][..], arguments].concat());
        told.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let number = |line: &serde_json::Value, name: &str| line[name].as_f64();
    let all = moved(&["suspension_rate", "--from", "2026-03-31", "--all"]);
    let whole: Vec<_> =
        all.iter().filter(|line| number(line, "from").is_some() && number(line, "to").is_some()).collect();
    assert!(whole.len() > 10, "{all:#?}");
    for line in &whole {
        let parts: Option<f64> = ["time", "new", "revised"].iter().map(|step| number(line, step)).sum();
        let change = number(line, "to").unwrap() - number(line, "from").unwrap();
        assert!(parts.is_none_or(|parts| (parts - change).abs() < 1e-9), "{line}");
    }
    assert!(whole.iter().any(|line| number(line, "new").is_some_and(|new| new.abs() > 0.0)), "{whole:#?}");
    let of_time =
        moved(&["suspension_rate", "--from", "2026-01-31/2026-10-01", "--to", "2026-07-31/2026-10-01", "--all"]);
    let parts = |line: &serde_json::Value| ["time", "new", "revised"].map(|step| number(line, step));
    assert!(
        of_time.iter().any(|line| matches!(parts(line), [Some(time), Some(0.0), Some(0.0)] if time > 0.0)),
        "{of_time:#?}"
    );

    // The months as a picture.
    let picture = keep.path().join("rate.svg");
    let (code, out, err) = sendmart(
        checkout(),
        &[
            "--config",
            &config.display().to_string(),
            "kpi",
            "chart",
            "suspension_rate",
            "--kind",
            "month",
            "--out",
            &picture.display().to_string(),
        ],
    );
    assert_eq!(code, 0, "{out}{err}");
    let drawn = fs::read_to_string(&picture).unwrap();
    assert!(drawn.matches("<circle").count() > 12 && drawn.ends_with("</svg>\n"), "{drawn}");
    assert!(
        drawn.contains("<title id=\"suspension_rate-title\">Suspensions")
            && drawn.contains("Hollow: partial or provisional."),
        "{drawn}"
    );

    // Some are gone, one is cut, one is another file's bytes.
    for (index, file) in after.iter().enumerate() {
        match index % 5 {
            0 => fs::remove_file(file).unwrap(),
            1 if index == 1 => fs::write(file, &fs::read(file).unwrap()[..40]).unwrap(),
            2 if index == 2 => {
                let other = after.iter().nth(8).unwrap();
                fs::copy(other, file).unwrap();
            }
            _ => {}
        }
    }
    run(&config, "2026-10-03");
    let fresh = second.join("sample.toml");
    run(&fresh, "2026-10-03");
    let differing: Vec<(String, String)> =
        content(&config).into_iter().zip(content(&fresh)).filter(|(one, other)| one != other).collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

/// A night with one new register takes over the rest of the live file; nobody sees a difference, nor anything of what was withdrawn.
#[test]
fn a_night_makes_anew_what_changed_and_takes_over_the_rest() {
    let keep = tempfile::tempdir().unwrap();
    let county = |name: &str| {
        let folder = keep.path().join(name);
        let size = ["--schools", "6", "--pupils", "250", "--years", "2", "--seed", "13"];
        let (code, said, err) =
            sendmart(checkout(), &[&["sample", "--out", &folder.display().to_string()][..], &size].concat());
        assert_eq!(code, 0, "{said}{err}");
        folder
    };
    let (first, second) = (county("first"), county("second"));
    fs::copy(first.join("sample.key"), second.join("sample.key")).unwrap();
    let (config, fresh) = (first.join("sample.toml"), second.join("sample.toml"));
    let whole = fs::read_to_string(&config).unwrap();
    // The sources without the last registers of discussions.
    let mut sources: Vec<&str> = whole.split("\n[[source]]\n").collect();
    let is_register = |source: &&str| source.starts_with("collection = \"inclusion_discussions\"");
    let registers: Vec<&str> = sources.iter().copied().filter(is_register).collect();
    assert!(registers.len() > 3, "{registers:#?}");
    let later = &registers[registers.len() - 2..];
    sources.retain(|source| !later.contains(source));
    let write = |sources: &[&str]| fs::write(&config, sources.join("\n[[source]]\n")).unwrap();
    // What a run makes: the marts, by the statements that its log tells.
    let night = |as_of: &str| -> (BTreeSet<String>, String) {
        let config = config.display().to_string();
        let (code, out, err) = sendmart(checkout(), &["--config", &config, "-vv", "run", "--as-of", as_of]);
        assert_eq!(code, 0, "{out}\n{err}");
        let built = err.lines().filter(|line| line.contains("time.busy"));
        let named = built.filter_map(|line| line.split("build mart.").nth(1));
        let named = named.map(|name| name.split([':', ' ']).next().unwrap().to_owned());
        (named.collect(), err)
    };
    let big = ["fct_roll", "fct_absence", "dim_pupil_record", "fct_suspension"];
    let has_big = |made: &BTreeSet<String>| big.map(|mart| made.contains(mart));
    write(&sources);
    let (made, _) = night("2026-10-01");
    assert_eq!(has_big(&made), [true; 4], "{made:?}");

    // One more register, and another: what hangs on it is made, the rest stands there.
    for register in later {
        sources.push(register);
        write(&sources);
        let (made, _) = night("2026-10-01");
        assert_eq!(has_big(&made), [false; 4], "{made:?}");
        assert!(made.contains("fct_inclusion_discussion"), "{made:?}");
    }
    let live = first.join("var/warehouse/sendmart.duckdb");
    run(&fresh, "2026-10-01");
    let same = |config: &Path| {
        let differing: Vec<(String, String)> =
            content(config).into_iter().zip(content(&fresh)).filter(|(one, other)| one != other).collect();
        assert!(differing.is_empty(), "{differing:#?}");
        let said = |config: &Path, sql: &str| {
            let (code, out, err) =
                sendmart(checkout(), &["--config", &config.display().to_string(), "--json", "query", sql]);
            assert_eq!(code, 0, "{err}");
            out
        };
        for sql in [
            // Comments, what came, and what is called by name stand there once.
            "SELECT * FROM meta.\"column\"",
            "SELECT * FROM meta.arrival",
            "SELECT delivery_id, table_name, rows, rows_superseded FROM meta.loaded",
            "SELECT * FROM meta.made",
            "SELECT function_name, macro_definition FROM duckdb_functions() WHERE NOT internal ORDER BY ALL",
            "SELECT schema_name, table_name, comment FROM duckdb_tables() ORDER BY ALL",
        ] {
            assert_eq!(said(config, sql), said(&fresh, sql), "{sql}");
        }
    };
    same(&config);
    // Blocks that nothing uses are used again, and never most of the file.
    let sizes = [&live, &second.join("var/warehouse/sendmart.duckdb")].map(|file| fs::metadata(file).unwrap().len());
    assert!(sizes[0] < 2 * sizes[1], "{sizes:?}");

    // The bytes of the live generation are others than those that were published: what is taken over is of the one before.
    let sealed = crate::files_below(&first.join("var/warehouse/gen")).into_iter().max();
    let sealed = sealed.filter(|file| file.ends_with("sendmart.duckdb")).unwrap();
    let mut bytes = fs::read(&sealed).unwrap();
    let at = bytes.len() - 100;
    bytes[at] ^= 1;
    fs::set_permissions(&sealed, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
    fs::write(&sealed, &bytes).unwrap();
    let (made, err) = night("2026-10-02");
    assert_eq!(has_big(&made), [false; 4], "{made:?}");
    assert!(err.contains("The live file was damaged: a kept generation is served"), "{err}");

    // What was withdrawn is in no byte of the file: it is made from nothing.
    let decide = |words: &[&str]| {
        let folder = later[1].split("folder.path = \"").nth(1).unwrap().split('"').next().unwrap();
        let name = fs::read_dir(folder).unwrap().next().unwrap().unwrap().file_name().into_string().unwrap();
        let config = config.display().to_string();
        let (code, out, err) =
            sendmart(checkout(), &[&["--config", &config, words[0], &name][..], &words[1..]].concat());
        assert_eq!(code, 0, "{out}{err}");
    };
    decide(&["withdraw", "--why", "a test"]);
    let (made, _) = night("2026-10-02");
    assert_eq!(has_big(&made), [true; 4], "{made:?}");
    decide(&["restore"]);
    let (made, _) = night("2026-10-02");
    assert_eq!(has_big(&made), [false; 4], "{made:?}");
    run(&fresh, "2026-10-02");
    same(&config);
}

#[test]
fn nothing_is_cleared_away_while_another_process_reads() {
    let keep = tempfile::tempdir().unwrap();
    let county = keep.path().join("county");
    let size = ["--schools", "4", "--pupils", "120", "--years", "1", "--seed", "5"];
    let (code, said, err) = sendmart(checkout(), &[&["sample", "--out", county.to_str().unwrap()][..], &size].concat());
    assert_eq!(code, 0, "{said}{err}");
    let config = county.join("sample.toml");
    run(&config, "2026-10-01");
    let lake = county.join("var/lake");
    let made = files(&lake);

    let reader = fs::File::open(lake.join("marts")).unwrap();
    reader.lock_shared().unwrap();
    run(&config, "2026-10-02");
    let beside = files(&lake);
    assert!(beside.is_superset(&made) && beside.len() > made.len(), "{} files, then {}", made.len(), beside.len());
    drop(reader);
    run(&config, "2026-10-03");
    assert!(made.difference(&files(&lake)).next().is_some(), "a night on which nobody reads clears away");
}

/// Of five days, as three days knew them (thoroughly, each as each did): what is told of then is what a place tells that had received no more.
#[test]
fn what_was_known_then_is_what_a_place_of_then_tells() {
    const DAYS: [&str; 5] = ["2025-01-20", "2025-06-30", "2025-09-30", "2025-12-31", "2026-05-20"];
    let keep = tempfile::tempdir().unwrap();
    let county = keep.path().join("county");
    let size = ["--schools", "6", "--pupils", "200", "--years", "2", "--seed", "12"];
    let (code, said, err) = sendmart(checkout(), &[&["sample", "--out", county.to_str().unwrap()][..], &size].concat());
    assert_eq!(code, 0, "{said}{err}");
    let config = county.join("sample.toml");
    let written = fs::read_to_string(&config).unwrap();
    let all = |arguments: &[&str], config: &Path| {
        let config = config.display().to_string();
        let (code, out, err) = sendmart(checkout(), &[&["--config", &config, "--json"][..], arguments].concat());
        assert_eq!(code, 0, "{out}{err}");
        let without_known_at = |line: &str| {
            let mut row: serde_json::Value = serde_json::from_str(line).unwrap();
            row.as_object_mut().unwrap().remove("known_at").unwrap();
            row.to_string()
        };
        out.lines().map(without_known_at).collect::<BTreeSet<String>>()
    };
    let (code, out, err) = sendmart(checkout(), &["--config", config.to_str().unwrap(), "run"]);
    assert_eq!(code, 0, "{out}{err}");
    for (known, days) in [("2025-09-30", &DAYS[..2]), ("2026-03-31", &DAYS[2..4]), ("2026-08-15", &DAYS[3..])] {
        let mut sources = written.split("\n[[source]]\n");
        let head = sources
            .next()
            .unwrap()
            .replace(&county.join("var").display().to_string(), &county.join(known).display().to_string());
        let has_come = |source: &&str| {
            let received = source.split("received = \"").nth(1).unwrap();
            &received[..10] <= known
        };
        let come: Vec<&str> = sources.filter(has_come).collect();
        assert!(come.len() > 40, "{} deliveries by {known}", come.len());
        let then = county.join(format!("{known}.toml"));
        fs::write(&then, std::iter::once(head.as_str()).chain(come).collect::<Vec<_>>().join("\n[[source]]\n"))
            .unwrap();
        let (code, out, err) = sendmart(checkout(), &["--config", then.to_str().unwrap(), "run"]);
        assert_eq!(code, 0, "{out}{err}");
        for day in if crate::is_thorough() { &DAYS[..] } else { days } {
            let known_then = all(&["kpi", "compute", "--as-of", day, "--known-at", known], &config);
            let told_then = all(&["kpi", "compute", "--as-of", day], &then);
            assert!(told_then.len() > 300, "{} values of {day} by {known}", told_then.len());
            let differing: Vec<_> = known_then.symmetric_difference(&told_then).take(4).collect();
            assert!(differing.is_empty(), "{day} by {known}: {differing:#?}");
        }
    }
}

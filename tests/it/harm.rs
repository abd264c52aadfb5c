//! What the SQL of definitions and of questions cannot do.

use std::fs;
use std::path::Path;
use std::time::Instant;

use crate::small::Small;

const HEAD: &str = "/*\ntitle = \"x\"\nseverity = \"error\"\nmessage = \"m\"\nhint = \"h\"\n*/\n";

/// A place with one delivery and this file of SQL beside its own.
fn with(name: &str, text: &str) -> Small {
    let small = Small::new();
    small.deliver(1);
    let path = small.root.join("sql").join(name);
    // Checks are links to those of the checkout: this one is of the place.
    fs::write(path, text).unwrap();
    small
}

fn refused(small: &Small, says: &str) {
    let (code, _, err) = small.sendmart(&["check"]);
    assert!(code == 78 && err.contains(says), "{code} {err}");
    let (code, _, err) = small.sendmart(&["run"]);
    assert!(code == 78 && err.contains(says), "{code} {err}");
    assert!(!small.root.join("var/warehouse/sendmart.duckdb").exists(), "nothing is published");
    assert!(!small.root.parent().unwrap().join("outside.csv").exists(), "nothing is written");
    let left = fs::read_dir(small.root.join("var/warehouse/staging")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "nothing is left behind");
}

#[test]
fn definitions_that_would_write_read_files_or_never_end_are_refused() {
    let Some(cases) = crate::shared("cases/turn2/definitions") else { return };
    for (file, says) in [
        ("check_drop.sql", "a second statement"),
        ("check_copy_out.sql", "a second statement"),
        ("check_forever.sql", "RECURSIVE is not portable"),
        ("check_severity_typo.sql", "did you mean `error`?"),
        ("mart_copy.sql", "a second statement"),
        ("mart_key.sql", "it calls `read_text` in place of a table"),
        ("unportable_mart.sql", "DISTINCT ON is not portable"),
    ] {
        let folder = if file.starts_with("check") { "checks" } else { "marts" };
        refused(&with(&format!("{folder}/{file}"), &fs::read_to_string(cases.join(file)).unwrap()), says);
    }
    for (select, says) in [
        ("SELECT * FROM 'inbox/timeliness_001.csv'", "it reads `inbox/timeliness_001.csv`"),
        ("SELECT 1 AS a FROM (FROM enable_logging('QueryLog'))", "it calls `enable_logging` in place of a table"),
        ("FROM query('SELECT 1')", "write one SELECT, or WITH … SELECT"),
        ("SELECT 1 AS a FROM other.mart.t", "it may read schema `mart`, `conformed`, `meta`, `kpi`"),
        ("CALL enable_logging('QueryLog')", "write one SELECT, or WITH … SELECT"),
    ] {
        refused(&with("checks/harm.sql", &format!("{HEAD}{select}\n")), says);
    }
}

/// The rows in the head of a KPI are embedded in statements of the engine: a run asks of them what it asks of the rest.
#[test]
fn rows_in_the_head_of_a_kpi_can_do_no_more_than_its_statement() {
    let kpi = |rows: &str, series: &str| {
        format!(
            "/*\ntitle = \"T\"\nbasis = \"local\"\narea = \"ASW1\"\nunit = \"count\"\npolarity = \"low\"\ngrain = \"g\"\n\
             period_rule = \"p\"\nperiod_kind = \"calendar_year\"\nneeds = [\"published_ehcp.timeliness\"]\n\
             rounding = \"unrounded\"\nsource = \"s\"\nsuppression = \"n\"\nreads = [\"published_ehcp_timeliness\"]\n\
             [rows]\nevery = \"\"\"\nSELECT period, 'authority' AS geography_level, old_la_code AS geography_code, 'total' AS breakdown,\n\
             CAST('2024-12-31' AS DATE) AS day, 1 AS in_numerator, _delivery, _sheet, _row\nFROM mart.published_ehcp_timeliness\n{rows}\n\"\"\"\n\
             {series}*/\nSELECT period, 'authority' AS geography_level, old_la_code AS geography_code, la_name AS geography_name,\n\
             CAST(count(*) AS DOUBLE) AS numerator\nFROM mart.published_ehcp_timeliness\nGROUP BY period, old_la_code, la_name\n"
        )
    };
    let file = "kpis/local/rows_of.sql";
    let placed = |text: &str| {
        let small = Small::new();
        small.deliver(1);
        fs::create_dir_all(small.root.join("sql/kpis/local")).unwrap();
        fs::write(small.root.join("sql").join(file), text).unwrap();
        small
    };
    let small = placed(&kpi("", ""));
    small.run("2025-07-01");
    let reads = "WHERE la_name IN (SELECT content FROM read_text('/etc/hostname'))";
    for series in [
        "",
        "[series]\nday = \"day\"\nkinds = [\"month\"]\n",
        "[series]\nday = \"day\"\nkinds = [\"month\"]\nstock = true\n",
    ] {
        refused(&placed(&kpi(reads, series)), "`rows.every`: it calls `read_text` in place of a table");
    }
    // A text that other parsers end elsewhere than this one does would hide a statement from the look at the file's text.
    let hides =
        r"WHERE la_name <> E'\\' ') AS behind; DELETE FROM mart.published_ehcp_timeliness; SELECT * FROM (SELECT 'x'";
    refused(&placed(&kpi(hides, "")), "without a space between is not portable");
    // The day of each row is a day.
    let (code, _, err) = placed(&kpi("", "[series]\nday = \"breakdown\"\nkinds = [\"month\"]\n")).sendmart(&["check"]);
    assert!(
        code == 78 && err.contains("`breakdown` is to be the day on which each row happened, and is of type VARCHAR"),
        "{err}"
    );
    assert!(err.contains("kpis/local/rows_of.sql:17:1"), "{err}");
    // What somebody wrote is one statement by itself, and not only within the brackets that the engine puts around it.
    let closes = kpi("", "").replace(
        "GROUP BY period, old_la_code, la_name\n",
        "GROUP BY period, old_la_code, la_name) AS own, (SELECT period FROM mart.published_ehcp_timeliness\n",
    );
    refused(&placed(&closes), "syntax error");
}

#[test]
fn a_rule_is_a_condition_and_nothing_else() {
    for (condition, says) in [
        ("true); COPY (SELECT 1) TO '../outside.csv'; SELECT (true", "X-1"),
        ("EXISTS (SELECT 1 FROM read_text('/etc/hostname'))", "X-1"),
        ("period > (SELECT 1)", "X-1"),
        // Each would give the rules behind it the counts of their neighbours.
        ("COLUMNS('^la_.*') IS NULL OR true", "it speaks of several columns"),
        ("period > 'a'), (period < 'b'", "it is more than one condition"),
        ("true) WHERE (true", "it is more than one condition"),
        ("period <> ?", "it has a parameter"),
        ("length(period)", "it is of type BIGINT"),
        ("count(*) > 0", "X-1"),
        ("write_log('x') IS NULL", "it calls `write_log`"),
        ("random() > 0.5", "random"),
        ("period < CAST(current_date AS VARCHAR)", "CURRENT_DATE"),
    ] {
        let small = Small::new();
        small.deliver(1);
        let path = small.root.join("pipelines/published_ehcp/tables/timeliness.toml");
        let text = fs::read_to_string(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let rule = format!(
            "\n[[rules]]\nid = \"X-1\"\nseverity = \"query\"\ncolumns = [\"period\"]\ncheck = \"{condition}\"\nmessage = \"m\"\nhint = \"h\"\n"
        );
        fs::write(&path, text + &rule).unwrap();
        refused(&small, says);
    }
}

/// A statement that takes longer than it may is stopped, and what was live stays live.
#[test]
fn a_statement_that_does_not_end_is_stopped() {
    let small = Small::new();
    small.deliver(1);
    small.run("2025-07-01");
    let ten: Vec<String> = (0..10).map(|number| format!("SELECT {number} AS x")).collect();
    let many: Vec<String> = (0..14).map(|number| format!("ten AS t{number}")).collect();
    let select = format!(
        "WITH ten AS ({})\nSELECT 1 AS one FROM {} WHERE t0.x + t13.x < 0\n",
        ten.join(" UNION ALL "),
        many.join(" CROSS JOIN ")
    );
    fs::write(small.root.join("sql/checks/forever.sql"), format!("{HEAD}{select}")).unwrap();
    let config = small.root.join("small.toml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, text.replace("limits.threads = 2", "limits.threads = 2\nlimits.sql_seconds = 1")).unwrap();
    small.deliver(2);
    let began = Instant::now();
    let (code, _, err) = small.sendmart(&["run"]);
    assert_eq!(code, 78, "{err}");
    assert!(err.contains("stopped after 1 seconds: run check forever"), "{err}");
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
    let (code, out, _) = small.sendmart(&["--json", "query", "SELECT generation FROM meta.generation"]);
    assert!(code == 0 && out.contains('1'), "{out}");
    // Before anything is read, too.
    let mart =
        format!("/*\ntitle = \"x\"\ngrain = \"g\"\nkey = [\"one\"]\nreads = []\n[columns]\none = \"o\"\n*/\n{select}");
    fs::remove_file(small.root.join("sql/checks/forever.sql")).unwrap();
    fs::write(small.root.join("sql/marts/forever.sql"), mart).unwrap();
    let (code, _, err) = small.sendmart(&["check"]);
    assert!(code == 78 && err.contains("it is not done in 1 seconds") && err.contains("marts/forever.sql"), "{err}");
    fs::remove_file(small.root.join("sql/marts/forever.sql")).unwrap();
    let question = select.replace('\n', " ");
    let (code, _, err) = small.sendmart(&["query", "--seconds", "1", &question]);
    assert!(code == 2 && err.contains("stopped after 1 seconds") && err.contains("--seconds 4"), "{code} {err}");
}

#[test]
fn a_definition_that_is_no_file_is_refused() {
    let small = Small::new();
    small.deliver(1);
    let pipe = small.root.join("sql/checks/pipe.sql");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    refused(&small, "is no ordinary file");
    fs::remove_file(&pipe).unwrap();
    let large = small.root.join("sql/checks/large.sql");
    fs::File::create(&large).unwrap().set_len(17 << 20).unwrap();
    refused(&small, "has 17 MB; a definition has at most 16");
}

#[test]
fn a_question_reads_and_does_nothing_else() {
    let small = Small::new();
    small.deliver(1);
    small.run("2025-07-01");
    for question in [
        "FROM meta.generation",
        "DESCRIBE mart.published_ehcp_timeliness",
        "SHOW ALL TABLES",
        "SUMMARIZE kpi.value",
        "EXPLAIN SELECT 1",
        "SELECT count(*) FROM duckdb_columns()",
        "SELECT 1; ",
    ] {
        let (code, out, err) = small.sendmart(&["query", question]);
        assert!(code == 0 && !out.is_empty(), "{question}: {code} {err}");
    }
    let live = small.root.join("var/warehouse");
    let before = listed(&live);
    for question in [
        "CALL enable_logging('QueryLog')",
        "FROM enable_logging('QueryLog')",
        "SELECT 1; DROP TABLE kpi.value",
        "COPY kpi.value TO '../outside.csv'",
        "SET threads = 1",
        "ATTACH 'x.duckdb'",
        "CREATE TABLE mart.x AS SELECT 1",
        "PRAGMA enable_profiling",
        "INSTALL httpfs",
        "EXPLAIN ANALYZE DELETE FROM kpi.value",
        "FROM query('CALL enable_logging()')",
        "",
    ] {
        let (code, out, err) = small.sendmart(&["query", question]);
        assert!(code == 2 && out.is_empty() && err.contains("hint:"), "{question}: {code} {err}");
    }
    // What does not fit into the memory is not written beside the live file.
    let wide = "SELECT a.value FROM kpi.value AS a, kpi.value AS b, kpi.value AS c, kpi.value AS d, kpi.value AS e ORDER BY hash(a.value, b.value, c.value, d.value, e.value)";
    let (code, ..) = small.sendmart(&["query", "--seconds", "2", wide]);
    assert_ne!(code, 0);
    assert_eq!(listed(&live), before, "nothing lies beside the live file");
}

fn listed(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

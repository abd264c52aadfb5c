use std::fs;

use crate::sendmart;
use crate::small::Small;

#[test]
fn every_problem_is_told_at_once_where_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let pipeline = folder.path().join("pipelines/things");
    fs::create_dir_all(pipeline.join("tables")).unwrap();
    fs::create_dir_all(pipeline.join("layouts")).unwrap();
    fs::write(
        pipeline.join("pipeline.toml"),
        "titel = \"Things\"\nowner = 3\npurpose = \"x\"\nretention = \"1 year\"\n",
    )
    .unwrap();
    fs::write(
        pipeline.join("tables/thing.toml"),
        "title = \"Things\"\ngrain = \"one thing\"\nkey = [\"idd\"]\ndisposition = \"replace_perod\"\n[columns]\nid = { type = \"text\", about = \"The id.\" }\n",
    )
    .unwrap();
    let (code, _, err) = sendmart(folder.path(), &["check"]);
    assert_eq!(code, 78);
    let shown = err.replace(&folder.path().display().to_string(), "PLACE");
    insta::assert_snapshot!(shown);
}

/// A check whose severity is no severity would stop nothing: `check` names it, and a run does nothing before it is mended.
#[test]
fn a_check_with_a_severity_that_is_none_is_refused_and_guards_again_when_mended() {
    let small = Small::new();
    small.deliver(1);
    let path = small.root.join("sql/checks/never_true.sql");
    let write = |severity: &str| {
        let text = format!(
            "/*\ntitle = \"Never true\"\n{severity}message = \"it is not\"\nhint = \"mend it\"\n*/\nSELECT 1 AS one\n"
        );
        fs::write(&path, text).unwrap();
    };
    write("severity = \"Error\"\n");
    fs::write(small.root.join("sql/checks/nameless.sql"), "SELECT 1\n").unwrap();
    let shown = |text: String| text.replace(&small.root.display().to_string(), "PLACE");
    let (code, _, told) = small.sendmart(&["check"]);
    assert_eq!(code, 78);
    let told = shown(told);
    insta::assert_snapshot!(told);
    let (code, _, err) = small.sendmart(&["run"]);
    assert_eq!(code, 78, "{err}");
    assert!(shown(err).contains("PLACE/sql/checks/never_true.sql:3:12"), "a run says the same");
    assert!(!small.root.join("var/warehouse/sendmart.duckdb").exists(), "nothing is published");
    fs::remove_file(small.root.join("sql/checks/nameless.sql")).unwrap();
    for (severity, code) in [("severity = \"error\"\n", 65), ("", 65), ("severity = \"query\"\n", 0)] {
        write(severity);
        let (found, out, err) = small.sendmart(&["run"]);
        assert_eq!(found, code, "{severity}{out}{err}");
    }
}

/// A macro is an expression with a name of its own, and what calls it is tried with it.
#[test]
fn a_macro_is_called_by_marts_and_what_is_wrong_with_one_is_told() {
    let small = Small::new();
    small.deliver(1);
    let write = |name: &str, takes: &str, gives: &str, spark: &str, expression: &str| {
        let text = format!(
            "/*\ntitle = \"T\"\ngives = \"{gives}\"\n[takes]\n{takes}\n[twins]\nspark = \"{spark}\"\n*/\n{expression}\n"
        );
        fs::create_dir_all(small.root.join("sql/macros")).unwrap();
        fs::write(small.root.join(format!("sql/macros/{name}.sql")), text).unwrap();
    };
    write("twice_of", "one = \"BIGINT\"", "BIGINT", "one * 2", "SELECT one * 2");
    let mart = "/*\ntitle = \"T\"\ngrain = \"one row\"\nkey = [\"a\"]\nreads = []\n[columns]\na = \"A.\"\n*/\n\
                SELECT twice_of(CAST(21 AS BIGINT)) AS a\n";
    fs::write(small.root.join("sql/marts/dim_answer.sql"), mart).unwrap();
    let (code, out, err) = small.sendmart(&["run"]);
    assert_eq!(code, 0, "{out}{err}");
    let (_, out, _) = small.sendmart(&["query", "SELECT a, twice_of(a) AS b FROM mart.dim_answer", "--json"]);
    assert!(out.contains("42") && out.contains("84"), "analysts have it too: {out}");
    write("abs", "one = \"BIGINT\"", "BIGINT", "abs(one)", "SELECT abs(one)");
    write("of_a_table", "one = \"BIGINT\"", "BIGINT", "one", "SELECT (SELECT count(*) FROM mart.dim_answer) + one");
    write("odd", "one = \"INT\"\ntwo = \"DATE\"", "TEXT", "one", "DELETE FROM mart.dim_answer");
    write("misspelt", "one = \"DATE\"", "BIGINT", "one", "SELECT yeer(one)");
    let (code, _, told) = small.sendmart(&["check"]);
    assert_eq!(code, 78);
    insta::assert_snapshot!(told.replace(&small.root.display().to_string(), "PLACE"));
}

#[test]
fn the_committed_schemas_are_those_of_the_program() {
    for name in sendmart::definitions::SCHEMAS {
        let committed = fs::read_to_string(crate::checkout().join(format!("config/schema/{name}.json"))).unwrap();
        assert_eq!(
            Some(committed),
            sendmart::definitions::schema_text(name),
            "run `sendmart schema --write config/schema`"
        );
    }
}

#[test]
fn the_checkout_s_own_definitions_are_right() {
    let (code, out, err) = sendmart(crate::checkout(), &["check"]);
    assert_eq!(code, 0, "{out}{err}");
}

#[test]
fn no_module_imports_upwards() {
    let order = [
        "xlsx",
        "model",
        "definitions",
        "statistics",
        "disclosure",
        "lake",
        "ledger",
        "alert",
        "source",
        "read",
        "prove",
        "conform",
        "profile",
        "kpi",
        "picture",
        "warehouse",
        "trace",
        "pack",
        "run",
        "faults",
        "template",
        "draft",
        "sample",
        "cli",
    ];
    let mut wrong = Vec::new();
    for (rank, module) in order.iter().enumerate() {
        for path in crate::files_below(&crate::checkout().join("src").join(module)) {
            let text = fs::read_to_string(&path).unwrap();
            let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            // `use crate::{run, lake}` names its rooms in brackets.
            for inside in code.join(" ").split("crate::{").skip(1).filter_map(|rest| rest.split(';').next()) {
                let words = inside.split(|each: char| !each.is_alphanumeric() && each != '_');
                let named = words.filter(|word| order[rank + 1..].contains(word));
                wrong.extend(named.map(|upper| format!("{} uses {upper}: crate::{{{inside}", path.display())));
            }
            for upper in &order[rank + 1..] {
                let names = |line: &&str| {
                    line.match_indices(&format!("crate::{upper}")).any(|(at, found)| {
                        let rest = &line[at + found.len()..];
                        !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_')
                    })
                };
                if let Some(line) = code.iter().find(|line| names(line)) {
                    wrong.push(format!("{} uses {upper}: {}", path.display(), line.trim()));
                }
            }
            if text.lines().count() > 500 {
                wrong.push(format!("{} is longer than 500 lines", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A reader who meets a type name knows which type it is.
#[test]
fn no_two_types_have_one_name() {
    let declared = regex::Regex::new(r"(?m)^(?:pub(?:\([a-z]+\))? )?(?:struct|enum|trait|type) ([A-Z]\w*)").unwrap();
    let mut places: std::collections::BTreeMap<String, Vec<String>> = std::collections::BTreeMap::new();
    for path in crate::files_below(&crate::checkout().join("src")) {
        let text = fs::read_to_string(&path).unwrap();
        for found in declared.captures_iter(&text) {
            places.entry(found[1].to_owned()).or_default().push(path.display().to_string());
        }
    }
    assert!(places.len() > 200, "{} types were found", places.len());
    places.retain(|_, files| files.len() > 1);
    assert!(places.is_empty(), "{places:#?}");
}

/// A rate that is printed and that nothing computes is taken on trust: each is read by a KPI, or its table says of what it is made, or
/// why that cannot be said.
#[test]
fn every_printed_rate_is_compared_or_says_why_not() {
    let definitions = sendmart::definitions::load(crate::checkout(), None).unwrap();
    let kpis = definitions.kpis.iter().map(|kpi| (&kpi.reads, &kpi.sql));
    let readers: Vec<_> = kpis.chain(definitions.marts.iter().map(|mart| (&mart.reads, &mart.sql))).collect();
    let is_word = |text: &str, word: &str| {
        let part = |found: Option<char>| found.is_some_and(|found| found.is_alphanumeric() || found == '_');
        text.match_indices(word)
            .any(|(at, _)| !part(text[..at].chars().next_back()) && !part(text[at + word.len()..].chars().next()))
    };
    let mut silent = Vec::new();
    let mut rates = 0;
    for table in definitions.collections.values().flat_map(|one| one.tables.values()) {
        let Some(mart) = table.mart.as_ref().filter(|mart| mart.starts_with("published_")) else { continue };
        for (name, column) in table
            .columns
            .iter()
            .filter(|(_, column)| column.about.contains("per cent") && !column.about.contains("(number"))
        {
            rates += 1;
            let declared = table.rates.iter().any(|rate| rate.column == *name);
            let read = readers.iter().any(|(reads, sql)| reads.contains(mart) && is_word(sql, name));
            if !declared
                && !read
                && !matches!(column.kind, sendmart::definitions::Kind::Text | sendmart::definitions::Kind::Code)
            {
                silent.push(format!("{mart}.{name}"));
            }
        }
    }
    assert!(rates > 150, "{rates}");
    assert_eq!(silent, Vec::<String>::new(), "a line in `[rates]` of its table says of what it is made");
}

/// What `[rates]` gets wrong is told where it stands.
#[test]
fn a_rate_that_is_wrong_is_told_with_what_is_right() {
    let folder = tempfile::tempdir().unwrap();
    let pipeline = folder.path().join("pipelines/things");
    fs::create_dir_all(pipeline.join("tables")).unwrap();
    fs::write(
        pipeline.join("pipeline.toml"),
        "title = \"Things\"\nowner = \"o\"\npurpose = \"p\"\nlawful_basis = \"l\"\nretention = \"1 year\"\nlicence = \"x\"\n",
    )
    .unwrap();
    fs::write(
        pipeline.join("tables/thing.toml"),
        "title = \"Things\"\ngrain = \"one thing\"\nkey = [\"id\"]\nmart = \"thing\"\nclass = \"none\"\n[columns]\n\
         id = { type = \"text\", about = \"The id.\" }\n\
         good = { type = \"integer\", about = \"Good ones (number).\" }\n\
         every = { type = \"integer\", about = \"All (number).\" }\n\
         good_pc = { type = \"decimal(9,2)\", about = \"Share that is good (per cent).\" }\n\
         bad_pc = { type = \"decimal(9,2)\", about = \"Share that is bad (per cent).\" }\n\
         [rates]\n\
         good_pc = { of = \"god\", per = [\"every\"], per_row = { good = \"x\" }, rounding = \"to_the_moon\" }\n\
         id = { not_comparable = \"it is a name\" }\n\
         bad_pc = { of = \"good\", scale = -1 }\n",
    )
    .unwrap();
    let (code, _, err) = sendmart(folder.path(), &["check"]);
    assert_eq!(code, 78, "{err}");
    insta::assert_snapshot!("rates_that_are_wrong", err.replace(&folder.path().display().to_string(), "PLACE"));
}

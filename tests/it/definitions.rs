use std::fs;

use crate::sendmart;

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

#[test]
fn the_committed_schemas_are_those_of_the_program() {
    for name in sendmart::spec::SCHEMAS {
        let committed = fs::read_to_string(crate::checkout().join(format!("config/schema/{name}.json"))).unwrap();
        assert_eq!(Some(committed), sendmart::spec::schema_text(name), "run `sendmart schema --write config/schema`");
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
        "spec",
        "lake",
        "ledger",
        "source",
        "read",
        "conform",
        "profile",
        "kpi",
        "warehouse",
        "run",
        "faults",
        "template",
        "draft",
        "sample",
        "cli",
    ];
    let mut wrong = Vec::new();
    for (rank, module) in order.iter().enumerate() {
        let mut folders = vec![crate::checkout().join("src").join(module)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = fs::read_to_string(&path).unwrap();
                for upper in &order[rank + 1..] {
                    if text.lines().any(|line| line.trim_start().starts_with(&format!("use crate::{upper}"))) {
                        wrong.push(format!("{} uses {upper}", path.display()));
                    }
                }
                if text.lines().count() > 500 {
                    wrong.push(format!("{} is longer than 500 lines", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

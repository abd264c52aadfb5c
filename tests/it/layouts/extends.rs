//! Layouts that extend others.

use std::fs;

use super::{Things, workbook};

const COLUMNS: &str = r#"
id = { type = "text", required = true, about = "Id." }
n = { type = "integer", about = "How many." }
colour = { type = "text", about = "Colour." }
note = { type = "text", about = "What was said." }
"#;

const FIRST: &str = r#"
files = ["*2023*"]
ignore = ["Sent by"]
absent = ["note"]
format.workbook = {}
rows.end = ["Total"]
header.within = 10
[columns]
id.from = ["Reference"]
n = { from = ["Number"], prefix = "£", repair = { "ten" = "10" } }
colour = { from = ["Colour"], map = { "r" = "red" } }
"#;

impl Things {
    /// A layout beside the first.
    pub(super) fn and(self, name: &str, layout: &str) -> Self {
        fs::write(self.folder.path().join(format!("pipelines/things/layouts/{name}.toml")), layout).unwrap();
        self
    }
}

#[test]
fn a_layout_states_what_changed_and_inherits_the_rest() {
    let second = r#"
title = "B"
extends = "thing"
why = "In 2024 the number was renamed, the colour went, and notes came"
files = ["*2024*"]
absent = ["colour"]
drop = ["columns.n.repair"]
[columns]
n.from = ["How many"]
note = {}
"#;
    let things = Things::new(r#"["id"]"#, COLUMNS, FIRST).and("later", second);
    let old: &[&[&str]] =
        &[&["Reference", "Number", "Colour", "Sent by"], &["a", "£1", "r", "x"], &["b", "ten", "", ""]];
    let arrived = things.arrives("2023.xlsx", &workbook(&[("Data", old)])).unwrap();
    assert_eq!(arrived.values(&["id", "n", "colour", "note"]), ["a|1|red|", "b|10||"]);
    assert_eq!(arrived.book.layout, "thing");
    let new: &[&[&str]] =
        &[&["note", "Sent by", "Reference", "How many"], &["so", "x", "a", "£2"], &["", "", "b", "ten"], &["Total"]];
    let arrived = things.arrives("2024.xlsx", &workbook(&[("Data", new)])).unwrap();
    assert_eq!(arrived.book.layout, "later");
    assert_eq!(arrived.values(&["id", "n", "colour", "note"]), ["a|2||so"]);
    assert_eq!(arrived.told(), ["D3 cell::not_an_integer error"]);
    assert_eq!(arrived.counts(), [3, 1, 1, 1]);
    let definitions = sendmart::definitions::load(things.folder.path(), None).unwrap();
    let layouts = &definitions.collections["things"].layouts;
    assert_eq!(layouts.iter().map(|layout| layout.name.as_str()).collect::<Vec<_>>(), ["later", "thing"]);
    assert_eq!(
        layouts[0].inherited.as_ref().unwrap().words(),
        "extends `thing`, changes `files`, `absent`, `columns.n`, `columns.note`, drops `columns.n.repair`: In 2024 the \
         number was renamed, the colour went, and notes came"
    );
}

#[test]
fn another_format_takes_the_place_of_the_inherited_one() {
    let second = "title = \"B\"\nextends = \"thing\"\nwhy = \"As text\"\nfiles = [\"*.csv\"]\nformat.csv = {}\n";
    let third =
        "title = \"C\"\nextends = \"b\"\nwhy = \"With tabs\"\nfiles = [\"*.tsv\"]\nformat.csv.delimiter = \"\\t\"\n";
    let things = Things::new(r#"["id"]"#, COLUMNS, FIRST).and("b", second).and("a", third);
    for (name, text) in
        [("t.csv", "Reference,Number,Colour\na,1,r\n"), ("t.tsv", "Reference\tNumber\tColour\na\t1\tr\n")]
    {
        let arrived = things.arrives(name, text.as_bytes()).unwrap();
        assert_eq!(arrived.values(&["id", "n", "colour"]), ["a|1|red"]);
    }
}

#[test]
fn what_is_wrong_with_what_is_inherited_is_told() {
    let layout = |rest: &str| format!("title = \"B\"\n{rest}");
    let things = Things::new(r#"["id"]"#, COLUMNS, FIRST)
        .and("a1", &layout("extends = \"thin\"\nwhy = \"So\"\n"))
        .and("a2", &layout("extends = \"thing\"\n"))
        .and("a3", &layout("extends = \"a4\"\nwhy = \"So\"\n"))
        .and("a4", &layout("extends = \"a3\"\nwhy = \"So\"\n"))
        .and("a5", &layout("extends = \"a4\"\nwhy = \"Not told: what it extends is\"\n"))
        .and("a6", &layout("extends = \"thing\"\nwhy = \"So\"\ntable = \"thong\"\n"))
        .and("a7", &layout("extends = \"thing\"\nwhy = \"So\"\ndrop = [\"colums\", \"columns.n.suffix\", \"a b\"]\n"))
        .and("a8", &layout("extends = \"thing\"\nwhy = \"So\"\nfields.n.where = \"below\"\n"))
        .and("a9", &layout("extends = \"thing\"\nwhy = \"So\"\nformat.csv = {}\nhidden.rows = \"skip\"\n"))
        .and("b1", &layout("extends = \"thing\"\nwhy = \"So\"\ncolumns.n.only = \"(\"\n"))
        .and("b2", &layout("extends = \"b1\"\nwhy = \"Not told: what it extends is\"\n"))
        .and("b3", "extends = \"thing\"\nrow.end = []\n");
    insta::assert_snapshot!(things.problems());
}

/// A collection has the layouts of another one that fill tables of its own, with its own shapes; what changes there changes it.
#[test]
fn a_collection_has_the_layouts_of_another_one() {
    let things = Things::new(r#"["id"]"#, COLUMNS, FIRST);
    let folder = things.folder.path().join("pipelines/others");
    fs::create_dir_all(folder.join("tables")).unwrap();
    let head = fs::read_to_string(things.folder.path().join("pipelines/things/pipeline.toml")).unwrap();
    let write =
        |lender: &str| fs::write(folder.join("pipeline.toml"), format!("layouts_of = \"{lender}\"\n{head}")).unwrap();
    let table = fs::read_to_string(things.folder.path().join("pipelines/things/tables/thing.toml")).unwrap();
    fs::write(folder.join("tables/thing.toml"), table).unwrap();
    let hash = || {
        let definitions = sendmart::definitions::load(things.folder.path(), None).unwrap();
        let others = &definitions.collections["others"];
        assert_eq!(others.layouts.len(), 1);
        assert_eq!(others.layouts[0].table.collection, "others");
        others.hash.clone()
    };
    write("things");
    let before = hash();
    let lent = things.folder.path().join("pipelines/things/layouts/thing.toml");
    let text = fs::read_to_string(&lent).unwrap();
    fs::write(&lent, text.replace("within = 10", "within = 11")).unwrap();
    assert_ne!(before, hash(), "deliveries are read again when a layout that is lent changes");
    for (lender, near) in [("thing", "did you mean `things`"), ("others", "`things`")] {
        write(lender);
        let problems = things.problems();
        assert!(
            problems.contains(&format!("`layouts_of` names `{lender}`, which is no other collection")),
            "{problems}"
        );
        assert!(problems.contains(near), "{problems}");
    }
}

//! Definitions that cannot be meant: each told where it stands, with how to mend it.

use super::Things;

const COLUMNS: &str = r#"
id = { type = "text", required = true, about = "Id." }
measure = { type = "text", about = "What is counted." }
n = { type = "integer", about = "How many." }
share = { type = "decimal(7,2)", about = "Percent." }
day = { type = "date", about = "A day." }
"#;

#[test]
fn all_that_is_wrong_with_keys_fields_and_places_is_told_at_once() {
    let things = Things::new(
        r#"["id"]"#,
        COLUMNS,
        r#"
absent = ["day"]
rows.banner_at = "B2"
[format.workbook]
content = "("
[columns]
share = { at = ["A1", "B"], from = ["Share"], when = { measur = "Percent" } }
[fields]
day = { label = "Sent on" }
nn = { label = "Number" }
id = { label = "Id: .*", where = "same" }
[unpivot]
keys = ["measure", "whom"]
columns.n = "(?<measure>.+)"
columns.share = "Share"
"#,
    );
    insta::assert_snapshot!(things.problems());
}

#[test]
fn two_figures_cannot_take_one_label() {
    let layout = "format.csv = {}\n[columns]\nn = { from = [\"pupils\", \"Head count\"] }\nshare = { from = [\"head  Count\"] }\n";
    insta::assert_snapshot!(Things::new(r#"["id"]"#, COLUMNS, layout).problems());
}

#[test]
fn an_unpivot_needs_one_of_key_and_keys() {
    let both = "format.csv = {}\n[unpivot]\nkey = \"measure\"\nkeys = [\"measure\"]\ncolumns.n = \"(?<key>.+)\"\n";
    let none = "format.csv = {}\n[unpivot]\ncolumns.n = \"(?<key>.+)\"\n";
    let told = [both, none].map(|layout| Things::new(r#"["id"]"#, COLUMNS, layout).problems());
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn what_is_said_of_numbers_and_days_has_to_fit_the_column() {
    let things = Things::new(
        r#"["id"]"#,
        COLUMNS,
        r#"
format.csv = {}
[columns]
id = { percent = "points", duration = "hours", brackets = true }
n = { percent = "fraction" }
share = { century = 1950 }
day = { formats = ["%d/%m/%y"] }
measure = { formats = ["%d/%m/%y"], century = 3000 }
[fields]
day = { label = "Sent on" }
"#,
    );
    insta::assert_snapshot!(things.problems());
}

#[test]
fn codes_in_any_case_have_to_be_codes_and_to_differ_in_more_than_case() {
    let columns = r#"
id = { type = "text", required = true, about = "Id." }
level = { type = "code", codes = "geographic_level", about = "Level." }
"#;
    let layout = r#"
format.csv = {}
[columns]
id = { any_case = true }
level = { any_case = true, map = { NATIONAL = "Regional" } }
"#;
    let told = Things::new(r#"["id"]"#, columns, layout).problems();
    assert!(told.contains("column `id` has no code list whose codes could be told in any case"), "{told}");
    assert!(told.contains("error[spec::any_case]: `NATIONAL` in small letters is two codes"), "{told}");
}

#[test]
fn rows_are_left_out_of_a_mart_that_there_is_by_texts_and_codes() {
    let things = Things::new(r#"["id"]"#, COLUMNS, "format.csv = {}\n");
    let table = things.folder.path().join("pipelines/things/tables/thing.toml");
    let text = std::fs::read_to_string(&table).unwrap();
    let with = |keys: &str| {
        std::fs::write(&table, text.replace("[columns]", &format!("{keys}\n[columns]"))).unwrap();
        things.problems()
    };
    assert_eq!(with("mart = \"things\"\nmart_without = { measure = [\"Percent\"] }"), "nothing");
    assert!(
        with("mart_without = { measure = [\"Percent\"] }").contains("there is no mart that rows could be left out of")
    );
    let told = with("mart = \"things\"\nmart_without = { n = [\"1\"], whom = [\"x\"] }");
    assert!(told.contains("`n` is neither a text nor a code"), "{told}");
    assert!(told.contains("`mart_without` names column `whom`"), "{told}");
}

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

//! What several layouts of a collection have in common, said once.

use std::fs;

use super::{Things, workbook};

const COLUMNS: &str = r#"
id = { type = "text", required = true, about = "Id." }
n = { type = "integer", about = "How many." }
day = { type = "date", about = "When." }
other = { type = "date", about = "When else." }
"#;

const LAYOUT: &str = r#"
shape = "letter"
files = ["*2023*"]
format.workbook = {}
[columns]
n.from = ["Number"]
other = { optional = true, formats = ["%Y"] }
"#;

impl Things {
    /// A shape of the collection.
    fn with_shape(self, name: &str, shape: &str) -> Self {
        let folder = self.folder.path().join("pipelines/things/shapes");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{name}.toml")), shape).unwrap();
        self
    }
}

#[test]
fn a_layout_has_what_its_shape_says_and_says_the_rest_itself() {
    let letter = "title = \"A letter\"\nwhy = \"As they came\"\nrows.end = [\"Total\"]\nignore = [\"Sent by\"]\n\
                  dates = [\"%d %B %Y\"]\n[columns]\nid.from = [\"Reference\"]\nn.prefix = \"£\"\n";
    let text = "title = \"As text\"\nformat.csv.delimiter = \";\"\ndates = [\"%Y%m%d\"]\n[columns]\nn.prefix = \"$\"\n";
    let second = "title = \"B\"\nextends = \"thing\"\nshape = \"text\"\nwhy = \"As text\"\nfiles = [\"*.csv\"]\n";
    let things = Things::new(r#"["id"]"#, COLUMNS, LAYOUT)
        .with_shape("letter", letter)
        .with_shape("text", text)
        .and("later", second);
    let rows: &[&[&str]] =
        &[&["Reference", "Number", "day", "Sent by"], &["a", "£1", "3 May 2023", "x"], &["Total", "£1", "", ""]];
    let arrived = things.arrives("2023.xlsx", &workbook(&[("Data", rows)])).unwrap();
    assert_eq!(arrived.values(&["id", "n", "day", "other"]), ["a|1|2023-05-03|"]);
    let arrived = things.arrives("t.csv", b"Reference;Number;day;Sent by\na;$1;20230503;x\n").unwrap();
    assert_eq!(arrived.values(&["id", "n", "day"]), ["a|1|2023-05-03"]);
    assert_eq!(arrived.book.layout, "later");
}

#[test]
fn what_is_wrong_with_shapes_is_told_once_where_it_stands() {
    let things = Things::new(r#"["id"]"#, COLUMNS, LAYOUT)
        .with_shape("letter", "title = \"A letter\"\ntable = \"thing\"\n[columns]\nnn.from = [\"N\"]\n")
        .with_shape("broken", "title = \"B\"\nrow.end = []\n")
        .with_shape("unused", "title = \"C\"\n")
        .and("a1", "title = \"B\"\ntable = \"thing\"\nshape = \"broken\"\n")
        .and("a2", "title = \"B\"\ntable = \"thing\"\nshape = \"leter\"\nformat.csv = {}\n")
        .and("a3", "title = \"B\"\nshape = \"letter\"\nformat.csv = {}\n");
    insta::assert_snapshot!(things.problems());
}

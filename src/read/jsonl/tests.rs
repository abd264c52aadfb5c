use std::io::Write;

use super::*;

fn rows(text: &str) -> Result<Vec<Vec<String>>, ReadError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let mut json = JsonRows::open(file.path())?;
    let mut found = Vec::new();
    for _ in 0..2 {
        found.clear();
        json.stream(2, 1000, &mut |block| {
            for index in 0..block.rows.len() {
                assert_eq!(block.rows[index].number as usize, found.len() + 1);
                let cells = block.row(index).iter().map(|cell| match cell {
                    Cell::Flawed(flaw, ..) => format!("{flaw:?} {}", block.shown(*cell)),
                    other => block.shown(*other).into_owned(),
                });
                found.push(cells.collect());
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(found)
}

#[test]
fn lines_and_arrays_of_objects_are_tables() {
    let expected = [
        vec!["a", "b", "c", "a (2)"],
        vec!["1", "x", "", ""],
        vec!["9007199254740993", "", "TRUE", "2.5"],
        vec!["", "", "Nested {\"d\":[1]}", ""],
    ];
    let records =
        [r#"{"a": 1, "b": "x"}"#, r#"{"c": true, "a": 9007199254740993, "b": null, "a": 2.5}"#, r#"{"c": {"d": [1]}}"#];
    let mut wanted = expected.clone();
    wanted[0] = vec!["a", "b", "c", "a (2)"];
    assert_eq!(rows(&records.join("\r\n")).unwrap(), wanted);
    assert_eq!(rows(&format!("\u{feff}{}\n\n", records.join("\n"))).unwrap(), wanted);
    assert_eq!(rows(&format!(" [{}]\n", records.join(",\n"))).unwrap(), wanted);
}

#[test]
fn what_is_no_table_is_refused_at_its_line() {
    for (text, line) in [
        ("{\"a\": 1}\n{\"a\": 2", "line 2"),
        ("{\"a\": 1} {\"a\": 2}\n", "line 1"),
        ("{\"a\": 1}\n[1]\n", "line 2"),
        ("[{\"a\": 1},\n{\"a\": 2}", "line 2"),
        ("[{\"a\": 1},\n5]", "line 2"),
    ] {
        match rows(text) {
            Err(ReadError::Content { code: "read::broken_json", at: Some(at), .. }) => assert_eq!(at, line, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn a_reading_that_has_enough_stops() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"[{\"a\":1},{\"a\":2},{\"a\":3}]").unwrap();
    let mut json = JsonRows::open(file.path()).unwrap();
    let mut blocks = 0;
    json.stream(2, 1000, &mut |_| {
        blocks += 1;
        ControlFlow::Break(())
    })
    .unwrap();
    assert_eq!(blocks, 1);
}

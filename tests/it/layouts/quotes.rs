//! Quotes in text: fields of several lines that are text, and quotes that swallow records.

use std::fmt::Write as _;

use super::{Arrived, Things};

const COLUMNS: &str = r#"
id = { type = "text", required = true, about = "Id." }
team = { type = "text", about = "Team." }
day = { type = "date", about = "Day." }
note = { type = "text", about = "Note." }
n = { type = "integer", about = "How many." }
"#;

/// Lines 2 to 61, below the header on line 1.
fn lines() -> Vec<String> {
    let mut lines = vec!["id,team,day,note,n".to_owned()];
    lines.extend((2..=61).map(|line| format!("C{line},Team {},2025-03-{:02},fine,{line}", line % 3, line % 28 + 1)));
    lines
}

/// The lines with some of them replaced: number, text.
fn with(changes: &[(usize, &str)]) -> Vec<String> {
    let mut lines = lines();
    for (line, text) in changes {
        (*text).clone_into(&mut lines[line - 1]);
    }
    lines
}

fn arrives(format: &str, bytes: &[u8]) -> Result<Arrived, String> {
    Things::new(r#"["id"]"#, COLUMNS, &format!("format.csv = {{ {format} }}\n")).arrives("t.csv", bytes)
}

/// What became of the lines, ended by `end`: rows read, accepted, quarantined and skipped, and the faults; or the refusal.
fn told(format: &str, lines: &[String], end: &str) -> String {
    let text = lines.join(end) + end;
    let bytes = match format {
        "encoding = \"utf-16le\"" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        _ => text.into_bytes(),
    };
    match arrives(format, &bytes) {
        Err(refusal) => refusal,
        Ok(arrived) => {
            let mut told = format!("{:?}", arrived.counts());
            let mut faults: Vec<String> = arrived.told();
            faults.dedup_by_key(|fault| fault.split(' ').nth(1).map(str::to_owned));
            for fault in faults {
                let message = arrived.faults.iter().find(|each| fault.contains(each["rule_id"].as_str())).unwrap();
                let _: Result<(), std::fmt::Error> = write!(told, "; {fault}: {}", message["message"]);
            }
            told
        }
    }
}

/// A quote without a partner on line 11 of 61 and one on line 40; where each stands, and what becomes of the file.
#[test]
fn records_that_a_pair_of_stray_quotes_swallowed_are_kept_back_line_by_line() {
    let swallowed = "[60, 30, 30, 0];  row::swallowed error: a quote joins lines 11 to 40, which look like records of \
                     their own, into one cell";
    for (what, first, last) in [
        ("at the beginning of fields", "C11,\"Team 1,2025-03-12,fine,11", "C40,Team 1,2025-03-13,\"fine,40"),
        ("at the end of a field", "C11,\"Team 1,2025-03-12,fine,11", "C40,Team 1\",2025-03-13,fine,40"),
        ("at the end of a line", "C11,Team 1,2025-03-12,fine,\"", "C40,Team 1,2025-03-13,fine\",40"),
        (
            "of which the second is that of a quoted field",
            "C11,\"Team 1,2025-03-12,fine,11",
            "C40,\"Team 1\",2025-03-13,fine,40",
        ),
        ("at the beginning of lines", "\"C11,Team 1,2025-03-12,fine,11", "\"C40,Team 1,2025-03-13,fine,40"),
    ] {
        let lines = with(&[(11, first), (40, last)]);
        for end in ["\n", "\r\n"] {
            let told = told("", &lines, end);
            assert!(told.starts_with("[60, 30, 30, 0]; "), "{what}: {told}");
            assert!(told.contains("row::swallowed error: a quote joins lines 11 to 40"), "{what}: {told}");
        }
        assert!(told("line_end = \"cr\"", &lines, "\r").contains("lines 11 to 40"), "{what}");
        assert!(told("encoding = \"utf-16le\"", &lines, "\r\n").contains("lines 11 to 40"), "{what}");
        let apostrophes: Vec<String> = lines.iter().map(|line| line.replace('"', "'")).collect();
        assert!(told("quote = \"'\"", &apostrophes, "\n").contains("lines 11 to 40"), "{what}");
        let semicolons: Vec<String> = lines.iter().map(|line| line.replace(',', ";")).collect();
        assert!(told("delimiter = \";\"", &semicolons, "\n").contains("lines 11 to 40"), "{what}");
        // Nothing but the lines of the pair is kept back, and no quote is a matter of the layout that has none.
        assert!(told("quote = \"\"", &lines, "\n").starts_with("[60, "), "{what}");
    }
    assert_eq!(
        told("", &with(&[(11, "C11,\"Team 1,2025-03-12,fine,11"), (40, "C40,\"Team 1,2025-03-13,fine,40")]), "\n"),
        swallowed
    );
}

#[test]
fn every_pair_of_stray_quotes_is_told_and_two_lines_are_enough() {
    let lines = with(&[
        (3, "C3,\"Team 0,2025-03-04,fine,3"),
        (4, "C4,\"Team 1,2025-03-05,fine,4"),
        (20, "C20,\"Team 2,2025-03-21,fine,20"),
        (30, "C30,Team 0,2025-03-03,\"fine,30"),
        (50, "C50,\"Team 2,2025-03-23,fine,50"),
        (61, "C61,Team 1,2025-03-06,fine,\"61"),
    ]);
    let arrived = arrives("", (lines.join("\n") + "\n").as_bytes()).unwrap();
    assert_eq!(arrived.counts(), [60, 60 - 2 - 11 - 12, 2 + 11 + 12, 0]);
    let mut messages: Vec<&str> = arrived.faults.iter().map(|fault| fault["message"].as_str()).collect();
    messages.dedup();
    let joined: Vec<&str> =
        messages.iter().filter_map(|message| message.strip_prefix("a quote joins lines ")).collect();
    let joined: Vec<&str> = joined.iter().filter_map(|rest| rest.split(',').next()).collect();
    assert_eq!(joined, ["3 to 4", "20 to 30", "50 to 61"]);
    let lines = arrived.book.lines.unwrap();
    assert_eq!((lines.read, lines.header, lines.within), (61, 1, 0));
}

#[test]
fn a_quote_that_nothing_closes_refuses_the_file_with_its_line() {
    let refusal = |line: usize, after: usize| {
        format!(
            "read::unterminated_quote: a quote opens on line {line} and nothing closes it: the {after} lines after it would be the \
             text of one cell; close the quote on line {line} or take it out; if quotes mean nothing in the file, declare `quote = \
             \"\"` in `[format.csv]`; a file that was cut short is asked for again"
        )
    };
    let open = [(11, "C11,\"Team 2,2025-03-12,fine,11")];
    for end in ["\n", "\r\n"] {
        assert_eq!(told("", &with(&open), end), refusal(11, 50));
    }
    assert_eq!(told("line_end = \"cr\"", &with(&open), "\r"), refusal(11, 50));
    assert_eq!(told("encoding = \"utf-16le\"", &with(&open), "\r\n"), refusal(11, 50));
    // An odd number of them; a doubled one closes nothing; one in the header takes the whole file.
    let pair = [(3, "C3,\"Team 0,2025-03-04,fine,3"), (9, "C9,\"Team 0,2025-03-10,fine,9"), open[0]];
    assert_eq!(told("", &with(&pair), "\n"), refusal(11, 50));
    assert_eq!(told("", &with(&[(11, "C11,\"Team \"\"2\"\",2025-03-12,fine,11")]), "\n"), refusal(11, 50));
    assert_eq!(told("", &with(&[(1, "id,team,\"day,note,n")]), "\n"), refusal(1, 60));
    // Line ends of other fields of its record count.
    assert_eq!(told("", &with(&[(10, "C10,\"Team"), (11, "1\",2025-03-11,\"fine,10")]), "\n"), refusal(11, 50));
    // On the last line it swallows no other.
    assert_eq!(
        told("", &with(&[(61, "C61,Team 1,2025-03-06,\"fine,61")]), "\n"),
        "[60, 59, 1, 0];  row::unterminated_quote error: the file ends inside a quoted field that begins in this row; E61 \
         row::too_short error: the row has 4 fields and the header has 5"
    );
}

#[test]
fn a_quote_in_the_header_that_another_closes_is_told() {
    let told = told("", &with(&[(1, "id,team,day,note,\"n"), (9, "C9,\"Team 0,2025-03-10,fine,9")]), "\n");
    assert!(told.contains("read::header_not_found") || told.contains("lines 1 to 9"), "{told}");
}

/// Notes and addresses of several lines are text, whatever commas are in them.
#[test]
fn text_of_several_lines_loads() {
    let notes = [
        "12 High Street\nTaunton\nSomerset",
        "Dear Sir, thank you\nfor the letter, which came\non Monday, by post, at last, and was read",
        "seen, spoken to, agreed, closed, filed\nsame again, with mother, father, school, nurse",
        "one, two, three, four, five",
        "\n\nTA1 1AA, Taunton\n",
        "said \"no\", twice\nand \"yes\", once, on 12/03/2025, at 10:30, on site",
        "10 a.m., call\n11 a.m., call, again\n12 noon, visit, met, left, home",
        "a list:\n1, one\n2, two\n3, three\n4, four",
        "Flat 2\nTaunton,Somerset\nTA1,England",
    ];
    let mut bytes = "id,team,day,n,note\n".to_owned();
    let mut within = 0;
    for (index, note) in notes.iter().cycle().take(80).enumerate() {
        bytes.push_str(&format!("C{index},\"North, East\",2025-03-04,{index},\"{}\"\n", note.replace('"', "\"\"")));
        within += note.matches('\n').count() as u64;
    }
    let arrived = arrives("", bytes.as_bytes()).unwrap();
    assert_eq!(arrived.told(), [""; 0]);
    assert_eq!(arrived.counts(), [80, 80, 0, 0]);
    let lines = arrived.book.lines.unwrap();
    assert_eq!((lines.read, lines.header, lines.within), (81 + within, 1, within));
    for (row, note) in arrived.values(&["note"]).iter().zip(notes) {
        assert_eq!(row, note.trim());
    }
    // The same where the note is the second of two columns, and where it stands first.
    for (header, line) in [("id,note", "C{},\"{note}\""), ("note,id", "\"{note}\",C{}")] {
        let columns = "id = { type = \"text\", required = true, about = \"Id.\" }\nnote = { type = \"text\", about = \"Note.\" }\n";
        let mut bytes = format!("{header}\n");
        for (index, note) in notes.iter().cycle().take(80).enumerate() {
            let line = line.replace("{}", &index.to_string()).replace("{note}", &note.replace('"', "\"\""));
            bytes.push_str(&format!("{line}\n"));
        }
        let arrived =
            Things::new(r#"["id"]"#, columns, "format.csv = {}\n").arrives("t.csv", bytes.as_bytes()).unwrap();
        assert_eq!(arrived.counts(), [80, 80, 0, 0], "{header}");
    }
}

#[test]
fn fields_left_off_the_end_are_blank_where_the_layout_says_so() {
    let rows = "id,day,n,team,note\nA,2025-03-04,1,North,x\nB,2025-03-04,2\nC,2025-03-04\nD,2025-03-04,4,South\nE\n";
    let short = arrives("", rows.as_bytes()).unwrap();
    assert_eq!(short.counts(), [5, 1, 4, 0]);
    assert!(short.faults[0]["hint"].contains("`short_rows = \"blank\"`"), "{}", short.faults[0]["hint"]);
    let blank = arrives("short_rows = \"blank\"", rows.as_bytes()).unwrap();
    assert_eq!(blank.values(&["id", "n", "team", "note"]), ["A|1|North|x", "B|2||", "C|||", "D|4|South|"]);
    assert_eq!(blank.counts(), [5, 4, 1, 0]);
    assert_eq!(blank.told(), ["B6 row::too_short error", " row::fields_left_off info"]);
    assert!(blank.faults[1]["message"].contains(": 3, of which this is the first"));
    // A column of the key or one that has to be filled is never left off, and the last line is not cut short.
    let late = "day,n,team,id,note\n2025-03-04,1,North,A\n2025-03-04,2\n";
    assert_eq!(arrives("short_rows = \"blank\"", late.as_bytes()).unwrap().counts(), [2, 1, 1, 0]);
    let cut = "id,day,n,team,note\nA,2025-03-04,1\nB,2025-03-0";
    let cut = arrives("short_rows = \"blank\"", cut.as_bytes()).unwrap();
    assert_eq!(cut.counts(), [2, 1, 1, 0]);
    assert!(cut.faults.iter().any(|fault| fault["rule_id"] == "row::too_short" && fault["hint"].contains("cut short")));
    let whole = "id,day,n,team,note\nA,2025-03-04,1\nB,2025-03-04,2";
    assert_eq!(arrives("short_rows = \"blank\"", whole.as_bytes()).unwrap().counts(), [2, 2, 0, 0]);
}

/// The two files of the issue.
#[test]
fn the_files_that_lost_rows_lose_none() {
    let Some(cases) = crate::shared("cases/turn2/quotes") else { return };
    let columns = "code = { type = \"text\", about = \"Code.\" }\nsetting = { type = \"text\", about = \"Setting.\" }\n\
                   place = { type = \"text\", about = \"Place.\" }\nn = { type = \"integer\", about = \"How many.\" }\n";
    let things = Things::new(r#"["code"]"#, columns, "format.csv = {}\n");
    let arrived = things.arrives("t.csv", &std::fs::read(cases.join("18c_paired_quote.csv")).unwrap()).unwrap();
    assert_eq!(arrived.counts(), [60, 31, 29, 0]);
    assert!(arrived.faults.iter().all(|fault| fault["message"].contains("lines 21 to 49")));
    let columns = "ref = { type = \"text\", about = \"Ref.\" }\nteam = { type = \"text\", about = \"Team.\" }\n\
                   month = { type = \"date\", about = \"Month.\" }\nopen_cases = { type = \"integer\", about = \"Open.\" }\n\
                   late = { type = \"integer\", about = \"Late.\" }\n";
    let things = Things::new(r#"["ref"]"#, columns, "format.csv = {}\n");
    let refused = things.arrives("t.csv", &std::fs::read(cases.join("50_unclosed.csv")).unwrap()).err().unwrap();
    assert!(refused.starts_with("read::unterminated_quote: a quote opens on line 102"), "{refused}");
}

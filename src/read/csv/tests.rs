use super::*;
use proptest::prelude::*;
use std::io::Write;

fn rows(bytes: &[u8], encoding: Encoding) -> (Vec<Vec<String>>, Block) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let mut csv =
        CsvRows { file: file.reopen().unwrap(), encoding, delimiter: b',', quote: Some(b'"'), line_end: b'\n' };
    let mut found = Vec::new();
    let mut last = Block::default();
    csv.stream(3, 1000, &mut |mut block| {
        for index in 0..block.rows.len() {
            found.push(block.row(index).iter().map(|cell| block.shown(*cell).into_owned()).collect());
        }
        let kept = std::mem::take(&mut last.flaws);
        block.flaws.splice(0..0, kept.into_iter().filter(|(_, flaw)| matches!(flaw, RowFlaw::Swallowed(..))));
        last = block;
        ControlFlow::Continue(())
    })
    .unwrap();
    (found, last)
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    let (found, block) = rows(b"a,b\r\n\r\n\"x\ny\",2\r\n3,4\r\n", Encoding::Utf8);
    assert_eq!(found, vec![vec!["a", "b"], vec!["x\ny", "2"], vec!["3", "4"]]);
    assert_eq!(block.rows.iter().map(|row| row.number).collect::<Vec<_>>(), vec![1, 3, 5]);
    assert_eq!(block.blank_rows, 1);
}

#[test]
fn a_byte_that_the_encoding_does_not_have_is_told_by_its_offset() {
    let (_, block) = rows(b"a\nb\xe9c\n", Encoding::Utf8);
    assert_eq!(block.flaws, vec![(1, RowFlaw::Undecodable(3))]);
    let (found, block) = rows(b"a\nb\xe9c\n", Encoding::Windows1252);
    assert_eq!(found[1], vec!["béc"]);
    assert!(block.flaws.is_empty());
}

#[test]
fn flaws_of_quotes_and_of_the_end_are_told() {
    let (found, block) = rows(b"\"a\"b,c\n\"open", Encoding::Utf8);
    assert_eq!(found, vec![vec!["ab", "c"], vec!["open"]]);
    assert_eq!(block.flaws, vec![(0, RowFlaw::QuoteWithin), (1, RowFlaw::Unterminated)]);
    let (_, block) = rows(b"a,b\n1,2", Encoding::Utf8);
    assert_eq!(block.flaws, vec![(1, RowFlaw::NoFinalNewline)]);
}

proptest! {
    #[test]
    fn fields_are_those_of_the_csv_crate(records in prop::collection::vec(prop::collection::vec("[a-z,\"\n\r é]{0,6}", 2..5), 1..12)) {
        let mut writer = ::csv::WriterBuilder::new().flexible(true).terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
        for record in &records {
            writer.write_record(record).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let (found, block) = rows(&bytes, Encoding::Utf8);
        // Text at random may look like records.
        prop_assume!(!block.flaws.iter().any(|(_, flaw)| matches!(flaw, RowFlaw::Swallowed(..))));
        prop_assert_eq!(found, records);
    }
}

fn read_as(bytes: &[u8], encoding: Encoding, line_end: u8) -> Result<(Vec<Vec<String>>, Block), ReadError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let mut csv = CsvRows::open(file.path(), encoding, b',', Some(b'"'), line_end)?;
    let mut found = Vec::new();
    let mut last = Block::default();
    csv.stream(1000, 1000, &mut |block| {
        for index in 0..block.rows.len() {
            found.push(block.row(index).iter().map(|cell| block.shown(*cell).into_owned()).collect());
        }
        last = block;
        ControlFlow::Continue(())
    })?;
    Ok((found, last))
}

fn code(result: Result<(Vec<Vec<String>>, Block), ReadError>) -> &'static str {
    match result {
        Err(ReadError::Content { code, .. }) => code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn utf_16_is_read_by_its_mark_or_its_declaration() {
    let text = "la,name\r\n933,Sørset 😀\r\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = [&b"\xff\xfe"[..], &little].concat();
    for (bytes, encoding) in [
        (&little, Encoding::Utf16Le),
        (&big, Encoding::Utf16Be),
        (&marked, Encoding::Utf16),
        (&marked, Encoding::Utf16Le),
    ] {
        let (found, block) = read_as(bytes, encoding, b'\n').unwrap();
        assert_eq!(found, [["la", "name"], ["933", "Sørset 😀"]], "{encoding:?}");
        assert!(block.flaws.is_empty());
    }
    assert_eq!(code(read_as(&marked, Encoding::Utf16Be, b'\n')), "read::encoding_contradicted");
    assert_eq!(code(read_as(&little, Encoding::Utf16, b'\n')), "read::encoding_contradicted");
    assert_eq!(code(read_as(b"a,b\n", Encoding::Utf16, b'\n')), "read::encoding_contradicted");
    assert_eq!(code(read_as(&marked, Encoding::Utf8, b'\n')), "read::utf16_instead");
}

#[test]
fn half_a_character_of_utf_16_is_told_by_its_offset_in_the_file() {
    let mut bytes: Vec<u8> = "é,b\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.extend_from_slice(&[b'x', 0, 0x00, 0xD8, b'y', 0, b'\n', 0]);
    let (found, block) = read_as(&bytes, Encoding::Utf16Le, b'\n').unwrap();
    assert_eq!(found[1], ["x\u{fffd}y"]);
    assert_eq!(block.flaws, [(1, RowFlaw::Undecodable(10))]);
    bytes.push(b'z');
    let (found, block) = read_as(&bytes, Encoding::Utf16Le, b'\n').unwrap();
    assert_eq!(found[2], ["\u{fffd}"]);
    assert_eq!(block.flaws[1..], [(2, RowFlaw::NoFinalNewline), (2, RowFlaw::Undecodable(16))]);
}

#[test]
fn other_encodings_tell_the_byte_that_they_do_not_have() {
    let korean = Encoding::named("euc-kr").unwrap();
    let (found, block) = read_as(b"a,\xb0\xa1\nb,\xb0\xff\n", korean, b'\n').unwrap();
    assert_eq!(found[0], ["a", "가"]);
    assert_eq!(block.flaws, [(1, RowFlaw::Undecodable(7))]);
    assert!(korean.hides(b'|') && !korean.hides(b','));
}

#[test]
fn lines_that_end_with_a_carriage_return_are_read_where_declared() {
    let bytes = b"a,b\r1,\"x\ry\"\r\r2,3\r";
    let (found, block) = read_as(bytes, Encoding::Utf8, b'\r').unwrap();
    assert_eq!(found, [["a", "b"], ["1", "x\ry"], ["2", "3"]]);
    assert_eq!(block.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 2, 5]);
    assert_eq!(code(read_as(bytes, Encoding::Utf8, b'\n')), "read::line_ends");
}

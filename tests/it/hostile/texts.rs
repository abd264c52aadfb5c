//! Delimited text that is not what it should be.

/// Name and bytes of each.
pub(super) fn all() -> Vec<(String, Vec<u8>)> {
    let csv = |rows: &[u8]| [b"id,day,count,note\r\n", rows].concat();
    let long = |count: usize| "x".repeat(count);
    [
        ("good.csv", csv(b"A,2020-01-01,7,fine\r\n")),
        ("nul.csv", csv(b"A,2020-01-01,7,a\0b\r\nB,2020-01-01,8,fine\r\n")),
        ("lone_cr.csv", csv(b"A,2020-01-01,7,a\rB,2020-01-01,8,fine\r\n")),
        ("only_cr.csv", b"id,day,count,note\rA,2020-01-01,7,fine\r".to_vec()),
        ("bidi_in_id.csv", csv("A\u{202e}B,2020-01-01,7,fine\r\n".as_bytes())),
        ("zero_width_in_id.csv", csv("A\u{200b}B,2020-01-01,7,fine\r\n".as_bytes())),
        ("direction_in_note.csv", csv("A,2020-01-01,7,a\u{202e}b\r\n".as_bytes())),
        ("zero_width_in_number.csv", csv("A,2020-01-01,7\u{200b},fine\r\nB,2020-01-01\u{feff},7,fine\r\n".as_bytes())),
        ("control_in_note.csv", csv(b"A,2020-01-01,7,a\x1b[2Jb\r\n")),
        ("columns_20_000.csv", format!("id{}\r\nA\r\n", ",x".repeat(20_000)).into_bytes()),
        ("bom_within.csv", csv("\u{feff}A,2020-01-01,7,fine\r\n".as_bytes())),
        ("bad_byte.csv", csv(b"A,2020-01-01,7,caf\xE9\r\n")),
        ("utf16.csv", "\u{feff}id,day,count,note\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("line_1_mb.csv", csv(format!("A,2020-01-01,7,{}\r\n", "y,".repeat(1 << 19)).as_bytes())),
        ("field_64_kb.csv", csv(format!("A,2020-01-01,7,{}\r\n", long((64 << 10) + 1)).as_bytes())),
        ("field_2_mb.csv", csv(format!("A,2020-01-01,7,{}\r\n", long(2 << 20)).as_bytes())),
        ("quote_open.csv", csv(b"A,2020-01-01,7,fine\r\nB,2020-01-01,8,\"open\r\nC,2020-01-01,9,x\r\n")),
        ("quote_open_9_mb.csv", csv(format!("A,2020-01-01,7,\"open {}", "line\r\n".repeat(1_600_000)).as_bytes())),
        ("quote_within.csv", csv(b"A,2020-01-01,7,\"a\"b\r\n")),
        ("no_final_newline.csv", csv(b"A,2020-01-01,7,fi")),
        ("header_alone.csv", csv(b"")),
        ("formula.csv", csv(b"\"=cmd|'/c calc'!A1\",2020-01-01,7,@SUM(1)\r\n")),
        ("empty.csv", Vec::new()),
        ("page.csv", b"<!doctype html><html><head><title>503</title></head></html>".to_vec()),
        ("number_huge.csv", csv(b"A,2020-01-01,99999999999999999999999999,x\r\nB,2020-01-01,1e400,x\r\n")),
        ("day_none.csv", csv(b"A,2010-02-30,7,x\r\nB,0000-00-00,7,x\r\nC,99999-01-01,7,x\r\n")),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes))
    .to_vec()
}

/// What another maker would think of.
pub(super) fn variants() -> Vec<(String, Vec<u8>)> {
    let csv = |rows: &[u8]| [b"id,day,count,note\r\n", rows].concat();
    let long = "x".repeat(100 << 20);
    let records = "A,2020-01-01,7,fine\r\n".repeat(1_000_000);
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    [
        ("line_100_mb.csv", long.clone().into_bytes()),
        ("line_100_mb_below_header.csv", csv(long.as_bytes())),
        ("commas_100_000.csv", csv(",".repeat(100_000).as_bytes())),
        ("columns_1_000_000.csv", format!("id{}\r\nA\r\n", ",x".repeat(1_000_000)).into_bytes()),
        ("quote_over_all.csv", format!("\"id,day,count,note\r\n{records}").into_bytes()),
        ("quote_over_rest.csv", csv(format!("\"{records}").as_bytes())),
        ("quotes_100_mb.csv", csv(format!("\"{}", "\"\"".repeat(50 << 20)).as_bytes())),
        ("nuls.csv", vec![0; 100_000]),
        ("nul_in_header.csv", b"id,day\0,count,note\r\nA,2020-01-01,7,fine\r\n".to_vec()),
        ("nuls_at_end.csv", csv(&[b"A,2020-01-01,7,fine\r\n".as_slice(), &[0; 4096]].concat())),
        (
            "mixed_encodings.csv",
            csv(b"A,2020-01-01,7,caf\xC3\xA9\r\nB,2020-01-01,8,caf\xE9\r\nC,2020-01-01,9,\x93x\x94\r\n"),
        ),
        ("utf16_within.csv", csv(&[b"A,2020-01-01,7,fine\r\n".as_slice(), &utf16("B,2020-01-01,8,fine\r\n")].concat())),
        ("mark_twice.csv", "\u{feff}\u{feff}id,day,count,note\r\nA,2020-01-01,7,mark_twice\r\n".as_bytes().to_vec()),
        ("utf32.csv", "\u{feff}id,day\r\n".chars().flat_map(|letter| u32::from(letter).to_le_bytes()).collect()),
        ("surrogate.csv", csv(b"A,2020-01-01,7,\xED\xA0\x80\r\n")),
        ("overlong.csv", csv(b"A,2020-01-01,7,\xC0\xAF\r\n")),
        ("mixed_line_ends.csv", csv(b"A,2020-01-01,7,a\nB,2020-01-01,8,b\r\nC,2020-01-01,9,c\n")),
        ("line_ends_alone.csv", vec![b'\n'; 100_000]),
        ("header_twice.csv", csv(b"id,day,count,note\r\nA,2020-01-01,7,header_twice\r\n")),
        (
            "number_nan.csv",
            csv(b"A,2020-01-01,NaN,x\r\nB,2020-01-01,inf,x\r\nC,2020-01-01,1e999,x\r\nD,2020-01-01,-0,x\r\n"),
        ),
        ("not_parquet.csv", b"PAR1\0\0\0\0PAR1".to_vec()),
    ]
    .map(|(name, bytes)| (format!("variant_{name}"), bytes))
    .to_vec()
}

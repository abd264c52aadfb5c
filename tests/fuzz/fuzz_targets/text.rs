//! Delimited text, XML and JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sendmart::spec::{Encoding, Format};

#[path = "../drain.rs"]
mod drain;

fuzz_target!(|bytes: &[u8]| {
    let Some((which, bytes)) = bytes.split_first() else { return };
    let csv = |encoding, delimiter, quote| Format::Csv { encoding, delimiter, quote, line_end: b'\n' };
    let format = match which % 6 {
        0 => csv(Encoding::Utf8, b',', Some(b'"')),
        1 => csv(Encoding::Windows1252, b';', Some(b'"')),
        2 => csv(Encoding::Utf16, b'\t', None),
        3 => csv(Encoding::Utf16Be, b',', Some(b'\'')),
        4 => Format::Xml { row: ["M", "Ps", "P"].map(str::to_owned).to_vec(), into: Vec::new() },
        _ => Format::Jsonl,
    };
    drain::drain(bytes, &format);
});

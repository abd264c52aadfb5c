//! A workbook file of any kind. The readers of `.xls` and `.xlsb` are a library's and may abort: the program has them in a child.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../drain.rs"]
mod drain;

fuzz_target!(|bytes: &[u8]| drain::drain(bytes, &drain::WORKBOOK));

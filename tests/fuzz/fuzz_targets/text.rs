//! Delimited text, XML and JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../targets.rs"]
#[allow(dead_code, reason = "a binary has one target")]
mod targets;

thread_local! {
    static BENCH: targets::Bench = targets::Bench::new();
}

fuzz_target!(|bytes: &[u8]| {
    BENCH.with(|bench| bench.text(bytes));
});

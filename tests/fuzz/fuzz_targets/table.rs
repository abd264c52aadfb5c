//! A CSV with its header found and its rows conformed: dates, numbers, marks, identifiers.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../targets.rs"]
#[allow(dead_code, reason = "a binary has one target")]
mod targets;

thread_local! {
    static BENCH: targets::Bench = targets::Bench::new();
}

fuzz_target!(|bytes: &[u8]| {
    BENCH.with(|bench| bench.table(bytes));
});

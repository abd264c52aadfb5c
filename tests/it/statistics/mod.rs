//! Statistics against the references of `tests/fixtures/statistics`, and what must hold for any numbers.

/// What the rate becomes while a backlog clears.
mod backlog;
/// Control charts.
mod charts;
/// Funnels.
mod funnels;
/// Quantiles and intervals.
mod intervals;
/// Kaplan–Meier.
mod survival;

use serde_json::Value;

/// The cases of a fixture.
fn cases(file: &str) -> Vec<Value> {
    serde_json::from_value(fixture(file)).unwrap()
}

fn fixture(file: &str) -> Value {
    let path = format!("{}/tests/fixtures/statistics/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn number(case: &Value, key: &str) -> f64 {
    case[key].as_f64().unwrap_or_else(|| panic!("no number `{key}` in {case}"))
}

fn whole(case: &Value, key: &str) -> u64 {
    case[key].as_u64().unwrap_or_else(|| panic!("no whole number `{key}` in {case}"))
}

fn numbers(case: &Value, key: &str) -> Vec<f64> {
    case[key].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn name(case: &Value) -> &str {
    case["name"].as_str().unwrap()
}

/// Two numbers differ by at most 1e-9 of the larger, or by 1e-12 where both are nearly nought.
#[track_caller]
fn assert_near(found: f64, expected: f64, what: &str) {
    let off = (found - expected).abs();
    assert!(off <= 1e-9 * found.abs().max(expected.abs()) || off <= 1e-12, "{what}: {found} is not {expected}");
}

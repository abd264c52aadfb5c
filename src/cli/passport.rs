//! The passport of a value in words: how final it is, how new its data, who has returned, what was refused.

use std::collections::BTreeMap;

/// Lines of at most 80 columns; none where nothing is known. `said` gives a column of `kpi.value` as text; `of` is a period, or blank.
pub(super) fn words(of: &str, said: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let day = |column: &str| Some(said(column)?.get(..10)?.to_owned());
    let number = |column: &str| said(column)?.parse::<f64>().ok();
    let newest = [("newest row", day("newest_day")), ("newest delivery received", day("newest_received"))];
    let newest: Vec<String> =
        newest.into_iter().filter_map(|(what, day)| day.map(|day| format!("{what} {day}"))).collect();
    let returned = said("returned").zip(said("expected")).map(|(returned, expected)| {
        format!("{returned} of {expected} {} returned", said("returners").unwrap_or_default())
    });
    let refused = number("rows_refused").map(|rows| match rows {
        0.0 => "no row of what came was refused".to_owned(),
        1.0 => "1 row of what came was refused, and may be missing".to_owned(),
        rows => format!("{rows} rows of what came were refused, and may be missing"),
    });
    let provisional = number("provisional_share").filter(|share| *share > 0.0).map(|share| {
        // A share that is neither none nor all is not rounded to either.
        let percent = if share < 1.0 { (share * 100.0).round().clamp(1.0, 99.0) } else { 100.0 };
        format!("{percent}% of its rows are told again by a later return")
    });
    let coming: Vec<String> = returned.into_iter().chain(refused).collect();
    let body = [newest.join("; "), coming.join("; "), provisional.unwrap_or_default()];
    let body: Vec<String> = body.into_iter().filter(|line| !line.is_empty()).map(|line| format!("  {line}")).collect();
    if body.is_empty() {
        return body;
    }
    let of = if of.is_empty() { String::new() } else { format!(" of {of}") };
    let maturity = said("maturity").filter(|word| !word.is_empty());
    let head = maturity.map_or_else(|| format!("Data{of}"), |word| format!("Data{of}: {word}"));
    std::iter::once(head).chain(body).collect()
}

/// The same for programs: numbers as numbers.
pub(super) fn json(columns: &BTreeMap<String, String>) -> serde_json::Value {
    const NUMBERS: [&str; 4] = ["returned", "expected", "rows_refused", "provisional_share"];
    let of = |(column, text): (&String, &String)| {
        let number = NUMBERS.contains(&column.as_str()).then(|| text.parse::<serde_json::Number>().ok()).flatten();
        (column.clone(), number.map_or_else(|| text.clone().into(), serde_json::Value::Number))
    };
    columns.iter().map(of).collect::<serde_json::Map<_, _>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(of: &str, columns: &[(&str, &str)]) -> String {
        let said = |name: &str| columns.iter().find(|(column, _)| *column == name).map(|(_, text)| (*text).to_owned());
        words(of, &said).join("\n")
    }

    #[test]
    fn what_is_known_is_told_and_nothing_else() {
        assert_eq!(told("2025/26", &[("maturity", "final")]), "");
        assert_eq!(
            told(
                "2025/26",
                &[
                    ("maturity", "provisional"),
                    ("newest_day", "2026-07-17"),
                    ("newest_received", "2026-11-27 00:00:00"),
                    ("returned", "58"),
                    ("expected", "60"),
                    ("returners", "schools"),
                    ("rows_refused", "12"),
                    ("provisional_share", "0.9999"),
                ]
            ),
            "Data of 2025/26: provisional\n  newest row 2026-07-17; newest delivery received 2026-11-27\n  \
             58 of 60 schools returned; 12 rows of what came were refused, and may be missing\n  \
             99% of its rows are told again by a later return"
        );
        assert_eq!(
            told("", &[("newest_received", "2026-11-27"), ("rows_refused", "1"), ("provisional_share", "0")]),
            "Data\n  newest delivery received 2026-11-27\n  1 row of what came was refused, and may be missing"
        );
    }
}

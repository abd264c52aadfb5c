//! What differs in how two files write a column: its unit, its decimals, its days; and the line of a layout that takes it.

use super::column::ColumnProfile;

/// A difference, in words with the line of TOML, and whether a layout has to change for it.
pub(super) type WrittenDifference = (&'static str, String, bool);

/// How a column of numbers is a percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Percent {
    /// `50.7%`, as text.
    Signs,
    /// Cells of the percent format.
    Cells,
}

fn percent(column: &ColumnProfile) -> Option<Percent> {
    match column.guess.suffix {
        Some("%") => Some(Percent::Signs),
        _ if column.guess.is_percent => Some(Percent::Cells),
        _ => None,
    }
}

fn is_number(column: &ColumnProfile) -> bool {
    column.guess.kind == "integer" || column.guess.kind.starts_with("decimal")
}

/// Digits after the point.
fn decimals(column: &ColumnProfile) -> Option<u32> {
    match column.guess.kind.as_str() {
        "integer" => Some(0),
        kind => kind.strip_prefix("decimal(")?.strip_suffix(')')?.split_once(',')?.1.parse().ok(),
    }
}

/// What differs in how the two write it.
pub(super) fn differences(old: &ColumnProfile, new: &ColumnProfile) -> Vec<WrittenDifference> {
    let mut told = Vec::new();
    let label = &new.label;
    let at = |line: &str| format!("; in the layout, at the column from `{label}`: `{line}`");
    if is_number(old) && is_number(new) {
        // What the plain numbers are decides the line: one layout then takes both. Shares of 1 beside percentages above 1 are
        // fractions; small numbers alone may be either.
        let line = |plain: &ColumnProfile, signed: &ColumnProfile| {
            let lines = match (plain.guess.is_within_one, signed.guess.is_beyond_one) {
                (false, _) => "percent = \"points\"",
                (true, true) => "percent = \"fraction\"",
                (true, false) => "percent = \"points\"` (0.4 being 0.4 %) or `percent = \"fraction\"",
            };
            at(lines)
        };
        match (percent(old), percent(new)) {
            (None, Some(now)) => {
                let how = if now == Percent::Signs { "with `%`, as `50.7%`" } else { "in cells of the percent format" };
                let text = format!(
                    "the unit of `{label}` changed: it is written {how} now, and was a plain number{}",
                    line(old, new)
                );
                told.push(("unit_changed", text, true));
            }
            (Some(_), None) => {
                let text = format!(
                    "the unit of `{label}` changed: it is a plain number now, and was a percentage{}",
                    line(new, old)
                );
                told.push(("unit_changed", text, true));
            }
            (Some(was), Some(now)) if was != now => {
                let text = format!("`{label}` writes its percentages in another way now: `percent` takes both");
                told.push(("percent_rewritten", text, false));
            }
            _ => {}
        }
        if let (Some(was), Some(now)) = (decimals(old), decimals(new))
            && now > was
        {
            let (is_unit, kind) = (percent(old) != percent(new), &new.guess.kind);
            let text = format!(
                "`{label}` has {now} decimals now, and had {was}: the contract's type has to hold them, as `{kind}` does"
            );
            told.push(("decimals_more", text, !is_unit || now > was.max(1)));
        }
        if old.guess.prefix != new.guess.prefix {
            let text = match new.guess.prefix {
                Some(prefix) => {
                    format!("`{label}` has `{prefix}` before its numbers now{}", at(&format!("prefix = \"{prefix}\"")))
                }
                None => format!("`{label}` has no sign before its numbers any more: a layout with `prefix` takes both"),
            };
            told.push(("prefix_changed", text, new.guess.prefix.is_some()));
        }
        if new.guess.has_brackets && !old.guess.has_brackets {
            told.push((
                "brackets_new",
                format!("`{label}` has numbers in brackets now, which are below zero{}", at("brackets = true")),
                true,
            ));
        }
    }
    if let (was, Some(now)) = (old.guess.duration, new.guess.duration)
        && was != Some(now)
    {
        let before = was.map_or_else(|| "something else".to_owned(), |unit| format!("taken in {unit}"));
        let text = format!(
            "the unit of `{label}` changed: it holds lengths of time now, and was {before}{}",
            at(&format!("duration = \"{now}\""))
        );
        told.push(("unit_changed", text, true));
    }
    if new.guess.padded > 0 && old.guess.padded == 0 {
        let text = format!("`{label}` is shown as a code by its number format now: as text it is what is shown");
        told.push(("padded_new", text, is_number(old)));
    }
    if old.guess.kind == "date" && new.guess.kind == "date" {
        let fresh: Vec<&String> = new.guess.formats.iter().filter(|form| !old.guess.formats.contains(form)).collect();
        if !fresh.is_empty() {
            let all: Vec<String> = new.guess.formats.iter().map(|form| format!("\"{form}\"")).collect();
            let text = format!(
                "the days of `{label}` are written in another way now{}",
                at(&format!("formats = [{}]", all.join(", ")))
            );
            told.push(("days_rewritten", text, true));
        }
    }
    told
}

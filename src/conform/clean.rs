//! One cell cleaned: outer space, footnotes, repairs, renamings and marks; not yet of its column's type.

use std::borrow::Cow;

use super::cell::{CellProblem, noisy, whole_number};
use super::column::ColumnPlan;
use super::number::{clock, in_points, in_unit, parse_integer};
use crate::definitions::{Kind, PercentToml};
use crate::model::Reason;
use crate::read::{Block, Cell, number_text, padded_number, strip_footnote};

/// What is known of one cell once it has been cleaned.
pub(super) enum Clean<'b> {
    Text(Cow<'b, str>),
    Number(f64),
    Bool(bool),
    Serial(f64),
    Missing(Reason),
    Wrong(CellProblem),
}

impl<'b> Clean<'b> {
    /// A value of a text-like type.
    pub(super) fn into_text(self) -> Result<Cow<'b, str>, CellProblem> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Number(value) => Ok(Cow::Owned(number_text(value))),
            Self::Bool(value) => Ok(Cow::Borrowed(if value { "TRUE" } else { "FALSE" })),
            _ => Err(CellProblem::DateInstead),
        }
    }
}

/// A whole number.
pub(super) fn integer(clean: Clean<'_>) -> Result<i64, CellProblem> {
    match clean {
        Clean::Text(text) => parse_integer(&text).or_else(|problem| match noisy(&text).and_then(whole_number) {
            Some(value) => Ok(as_integer(value)),
            None => Err(problem),
        }),
        Clean::Number(value) => whole_number(value).map(as_integer).ok_or(CellProblem::NotAnInteger),
        Clean::Serial(_) => Err(CellProblem::DateInstead),
        _ => Err(CellProblem::NotAnInteger),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "whole and within range, as `whole_number` checks")]
fn as_integer(whole: f64) -> i64 {
    whole as i64
}

impl ColumnPlan {
    /// Cleans a cell: outer space, footnotes, repairs, renamings, marks. A repair is told by `repaired`.
    pub(super) fn clean<'b>(
        &self,
        block: &'b Block,
        cell: Cell,
        given: Option<&'b str>,
        repaired: &mut bool,
    ) -> Clean<'b> {
        let text = match (given, cell) {
            (Some(text), _) => text,
            (None, Cell::Blank) => return Clean::Missing(Reason::Blank),
            (None, Cell::Text(start, length)) => block.slice(start, length),
            (None, Cell::Padded(start, length)) => {
                let shown = block.slice(start, length);
                let number = padded_number(shown);
                // A list of codes may have been written by what the cells hold.
                let has = |text: &str| self.column.codes.as_ref().is_some_and(|list| list.codes.contains_key(text));
                let is_plain = self.column.kind == Kind::Code && !has(shown) && has(&number_text(number));
                if self.is_number() || self.column.kind == Kind::Date || is_plain {
                    return self.number(number);
                }
                shown
            }
            (None, Cell::Percent(value)) if self.arrival.percent == Some(PercentToml::Points) => {
                return self.number(in_points(value));
            }
            // 0.123 and 12.3 would look alike in the lake: somebody has to say which is meant.
            (None, Cell::Percent(value)) if self.arrival.percent.is_none() && self.is_number() => {
                return match self.number(value) {
                    Clean::Number(_) => Clean::Wrong(CellProblem::PercentInstead),
                    other => other,
                };
            }
            (None, Cell::Number(value) | Cell::Percent(value)) => return self.number(value),
            (None, Cell::Bool(value)) => return Clean::Bool(value),
            (None, Cell::Duration(days)) if self.arrival.duration.is_some() => return self.length(days),
            // A time of day is how a length below a day looks in a cell of the format `h:mm`.
            (None, Cell::Serial(days)) if self.arrival.duration.is_some() && (0.0..1.0).contains(&days) => {
                return self.length(days);
            }
            (None, Cell::Serial(value)) if block.dates_uncertain && self.is_number() => return self.number(value),
            (None, Cell::Serial(value)) => return Clean::Serial(value),
            (None, Cell::Duration(_)) => return Clean::Wrong(CellProblem::DurationInstead),
            (None, Cell::Error(..)) => return Clean::Wrong(CellProblem::FormulaError),
            (None, Cell::Flawed(flaw, ..)) => return Clean::Wrong(CellProblem::Unreadable(flaw)),
            (None, Cell::NoValue) => return Clean::Wrong(CellProblem::FormulaWithoutValue),
        };
        let text = text.trim();
        if text.is_empty() {
            return Clean::Missing(Reason::Blank);
        }
        self.text(text, repaired)
    }

    fn is_number(&self) -> bool {
        matches!(self.column.kind, Kind::Integer | Kind::Decimal { .. })
    }

    fn text<'b>(&self, text: &'b str, repaired: &mut bool) -> Clean<'b> {
        let arrival = &self.arrival;
        if arrival.only.as_ref().is_some_and(|only| !only.is_match(text)) {
            return Clean::Missing(Reason::Blank);
        }
        let text = if arrival.strip_footnotes { strip_footnote(text) } else { text };
        if let Some(right) = arrival.repair.get(text) {
            *repaired = true;
            return Clean::Text(Cow::Owned(right.clone()));
        }
        if let Some(same) = arrival.map.get(text) {
            return Clean::Text(Cow::Owned(same.clone()));
        }
        if let Some(reason) = self.column.marks.get(text) {
            return if *reason == Reason::Zero { Clean::Number(0.0) } else { Clean::Missing(*reason) };
        }
        if !arrival.folded.is_empty()
            && let Some(code) = arrival.folded.get(&text.to_lowercase())
        {
            return Clean::Text(Cow::Owned(code.clone()));
        }
        let bracketed = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).filter(|_| arrival.brackets);
        let text = bracketed.map_or(text, str::trim);
        let text = arrival
            .prefix
            .as_ref()
            .map_or(text, |prefix| text.strip_prefix(prefix.as_str()).unwrap_or(text).trim_start());
        let text = arrival
            .suffix
            .as_ref()
            .map_or(text, |suffix| text.strip_suffix(suffix.as_str()).unwrap_or(text).trim_end());
        if let Some(unit) = arrival.duration
            && let Some(days) = clock(text)
        {
            return Clean::Number(in_unit(days, unit));
        }
        if bracketed.is_some() && !text.starts_with(['-', '+', '\u{2212}']) {
            return Clean::Text(Cow::Owned(format!("-{text}")));
        }
        Clean::Text(Cow::Borrowed(text))
    }

    /// A length of time as a number of the unit that the layout names.
    fn length(&self, days: f64) -> Clean<'static> {
        Clean::Number(self.arrival.duration.map_or(days, |unit| in_unit(days, unit)))
    }

    /// A number may be a repair, a renaming or a mark as well, by its text.
    fn number(&self, value: f64) -> Clean<'static> {
        let arrival = &self.arrival;
        let plain = arrival.map.is_empty() && arrival.only.is_none() && arrival.repair.is_empty();
        if plain && self.column.marks.is_empty() {
            return Clean::Number(value);
        }
        let text = number_text(value);
        if arrival.only.as_ref().is_some_and(|only| !only.is_match(&text)) {
            return Clean::Missing(Reason::Blank);
        }
        if let Some(same) = arrival.map.get(&text) {
            return Clean::Text(Cow::Owned(same.clone()));
        }
        match self.column.marks.get(&text) {
            Some(Reason::Zero) => Clean::Number(0.0),
            Some(reason) => Clean::Missing(*reason),
            None => Clean::Number(value),
        }
    }
}

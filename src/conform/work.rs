//! One pass of a column over the data rows: every cell becomes a value, a reason or a fault.

use std::borrow::Cow;
use std::ops::Range;

use arrow::array::StringBuilder;

use super::Sorted;
use super::cell::CellProblem;
use super::clean::Clean;
use super::column::{ColumnPlan, ColumnSource};
use super::day;
use super::hidden::hidden_in;
use crate::definitions::PrivacyClass;
use crate::model::codes::RuleCode;
use crate::model::{Address, Fault, Flaw, Reason, Severity};
use crate::read::{Block, Cell};

/// A cell's outcome: a value, or why there is none. Neither: the file does not have the column.
pub(super) enum CellOutcome<T> {
    Value(T),
    /// A value that the layout lets be rounded, and that had more decimals.
    Rounded(T),
    /// A value that somebody should look at.
    Doubtful(T, CellProblem),
    Missing(Reason),
    Wrong(CellProblem),
}

impl<T> From<Result<T, CellProblem>> for CellOutcome<T> {
    fn from(result: Result<T, CellProblem>) -> Self {
        result.map_or_else(Self::Wrong, Self::Value)
    }
}

/// One pass of a column over the data rows.
pub(super) struct Work<'w> {
    pub(super) plan: &'w ColumnPlan,
    pub(super) sorted: &'w Sorted,
    pub(super) rows: Range<usize>,
    pub(super) records: usize,
    pub(super) bad: &'w mut [bool],
    pub(super) faults: &'w mut Vec<Fault>,
    pub(super) reasons: Option<&'w mut StringBuilder>,
    /// Cells that were rounded.
    pub(super) rounded: &'w mut u64,
}

impl<'w> Work<'w> {
    /// Every cell through `parse`; a cell with the same text as the one before it is not parsed again.
    pub(super) fn run<T>(&mut self, parse: impl Fn(Clean<'w>) -> CellOutcome<T>, mut append: impl FnMut(Option<&T>)) {
        let plan = self.plan;
        let block: &'w Block = &self.sorted.block;
        let mut last: Option<&'w str> = None;
        let (mut outcome, mut repaired) = (CellOutcome::Missing(Reason::Blank), false);
        for position in self.rows.clone() {
            let row = block.rows[self.sorted.data[position] as usize];
            for record in 0..self.records {
                let (cell, source) = plan.cell(block, row, record);
                if !self.holds(position, record) {
                    (outcome, repaired, last) = (self.beside_the_point(), false, None);
                    let reason = self.settle(position, record, Cell::Blank, source, &outcome, false);
                    append(None);
                    self.reason(reason);
                    continue;
                }
                let given = self.given(position, record);
                let raw = given.or(match cell {
                    Cell::Text(start, length) => Some(block.slice(start, length)),
                    _ => None,
                });
                if raw.is_none() || raw != last {
                    repaired = false;
                    outcome = match plan.clean(block, cell, given, &mut repaired) {
                        Clean::Missing(reason) => CellOutcome::Missing(reason),
                        Clean::Wrong(problem) => CellOutcome::Wrong(problem),
                        Clean::Text(text) => {
                            let hidden = hidden_in(&text, plan.is_exact);
                            self.seen(parse(Clean::Text(text)), hidden)
                        }
                        clean => parse(clean),
                    };
                    last = raw;
                }
                let reason = self.settle(position, record, cell, source, &outcome, repaired);
                match &outcome {
                    CellOutcome::Value(value) | CellOutcome::Rounded(value) | CellOutcome::Doubtful(value, _) => {
                        append(Some(value));
                    }
                    _ => append(None),
                }
                self.reason(reason);
            }
        }
    }

    /// Texts, which are their own value: nothing is parsed and nothing is copied but the text.
    pub(super) fn texts(&mut self, builder: &mut StringBuilder) {
        let plan = self.plan;
        let block: &'w Block = &self.sorted.block;
        for position in self.rows.clone() {
            let row = block.rows[self.sorted.data[position] as usize];
            for record in 0..self.records {
                let (cell, source) = plan.cell(block, row, record);
                if !self.holds(position, record) {
                    builder.append_null();
                    let outcome: CellOutcome<()> = self.beside_the_point();
                    let reason = self.settle(position, record, Cell::Blank, source, &outcome, false);
                    self.reason(reason);
                    continue;
                }
                let given = self.given(position, record);
                let mut repaired = false;
                let outcome = match plan.clean(block, cell, given, &mut repaired) {
                    Clean::Missing(reason) => CellOutcome::Missing(reason),
                    Clean::Wrong(problem) => CellOutcome::Wrong(problem),
                    Clean::Text(text) => {
                        let outcome = self.seen(CellOutcome::Value(()), hidden_in(&text, plan.is_exact));
                        if !matches!(outcome, CellOutcome::Wrong(_)) {
                            builder.append_value(&text);
                        }
                        outcome
                    }
                    Clean::Serial(serial) => match day::of_serial(serial) {
                        Ok((day, None)) => {
                            builder.append_value(day.to_string());
                            CellOutcome::Value(())
                        }
                        Ok((day, Some(time))) => {
                            builder.append_value(format!("{day} {time}"));
                            CellOutcome::Value(())
                        }
                        Err(problem) => CellOutcome::Wrong(problem),
                    },
                    other => match other.into_text() {
                        Ok(text) => {
                            builder.append_value(&text);
                            CellOutcome::Value(())
                        }
                        Err(problem) => CellOutcome::Wrong(problem),
                    },
                };
                if !matches!(outcome, CellOutcome::Value(()) | CellOutcome::Doubtful(..)) {
                    builder.append_null();
                }
                let reason = self.settle(position, record, cell, source, &outcome, repaired);
                self.reason(reason);
            }
        }
    }

    /// What a parsed text comes to if it holds a character that nobody sees: that names the trouble better than what the
    /// parser says.
    fn seen<T>(&self, outcome: CellOutcome<T>, hidden: Option<CellProblem>) -> CellOutcome<T> {
        let Some(hidden) = hidden else { return outcome };
        match outcome {
            CellOutcome::Value(_) | CellOutcome::Rounded(_) if self.plan.is_exact => CellOutcome::Wrong(hidden),
            CellOutcome::Value(value) | CellOutcome::Rounded(value) | CellOutcome::Doubtful(value, _) => {
                CellOutcome::Doubtful(value, hidden)
            }
            CellOutcome::Wrong(_) => CellOutcome::Wrong(hidden),
            CellOutcome::Missing(reason) => CellOutcome::Missing(reason),
        }
    }

    fn reason(&mut self, reason: Option<Reason>) {
        if let Some(reasons) = &mut self.reasons {
            reasons.append_option(reason.map(Reason::as_str));
        }
    }

    /// Whether the row is one in which the layout lets the column's cell count.
    fn holds(&self, position: usize, record: usize) -> bool {
        let block = &self.sorted.block;
        let row = block.rows[self.sorted.data[position] as usize];
        self.plan.conditions.iter().all(|(place, pattern)| {
            let given = self.given_at(place, position, record);
            let text = given.map_or_else(|| block.shown(place.cell(block, row, record).0), Cow::Borrowed);
            pattern.is_match(text.trim())
        })
    }

    /// What a cell that does not count in its row comes to.
    fn beside_the_point<T>(&self) -> CellOutcome<T> {
        CellOutcome::Missing(if self.plan.column.required { Reason::Blank } else { Reason::NotApplicable })
    }

    /// The text that stands for the cell, where the column is not in the file's cells.
    fn given(&self, position: usize, record: usize) -> Option<&'w str> {
        let plan: &'w ColumnPlan = self.plan;
        self.given_at(&plan.place, position, record)
    }

    fn given_at(&self, place: &'w ColumnSource, position: usize, record: usize) -> Option<&'w str> {
        let sorted: &'w Sorted = self.sorted;
        match place {
            ColumnSource::Given(text) => Some(text),
            ColumnSource::Banner => {
                Some(sorted.banners.get(position).and_then(|banner| banner.as_deref()).unwrap_or(""))
            }
            ColumnSource::Keys(keys) => keys.get(record).map(String::as_str),
            _ => None,
        }
    }

    /// Lists what is wrong with a cell, and gives the reason why there is no value.
    fn settle<T>(
        &mut self,
        position: usize,
        record: usize,
        cell: Cell,
        source: Option<u32>,
        outcome: &CellOutcome<T>,
        repaired: bool,
    ) -> Option<Reason> {
        if repaired && matches!(outcome, CellOutcome::Value(_) | CellOutcome::Doubtful(..)) {
            self.fault(position, record, cell, source, RuleCode::severity_of("cell::repaired"), None);
        }
        let (problem, severity) = match outcome {
            CellOutcome::Value(_) => return None,
            CellOutcome::Rounded(_) => {
                *self.rounded += 1;
                return None;
            }
            CellOutcome::Doubtful(_, problem) => (problem, Severity::Query),
            CellOutcome::Missing(Reason::Blank) if self.plan.column.required => {
                (&CellProblem::Required, Severity::Error)
            }
            CellOutcome::Missing(Reason::Blank) if self.plan.is_absent(record) => return Some(Reason::Unavailable),
            CellOutcome::Missing(reason) => return Some(*reason),
            CellOutcome::Wrong(problem) => (problem, Severity::Error),
        };
        if severity == Severity::Error {
            self.bad[position] = true;
        }
        self.fault(position, record, cell, source, severity, Some(problem));
        None
    }

    /// How to mend a cell. A URN that a program has written as a power of ten is told by the LAESTAB beside it, which is whole.
    fn hint(&self, problem: &CellProblem, position: usize) -> String {
        let is_shortened = matches!(problem, CellProblem::Identifier(problem) if problem.flaw == Flaw::PowerOfTen);
        let Some(source) = self.plan.laestab.filter(|_| is_shortened) else { return problem.hint() };
        let block = &self.sorted.block;
        let cell = block.cell(block.rows[self.sorted.data[position] as usize], source);
        let school = block.shown(cell);
        match school.trim() {
            "" => problem.hint(),
            school => {
                format!("find the school by the LAESTAB beside it, `{school}`, which is whole; and tell the publisher")
            }
        }
    }

    /// A fault of the cell; without a problem: that it was repaired.
    fn fault(
        &mut self,
        position: usize,
        record: usize,
        cell: Cell,
        source: Option<u32>,
        severity: Severity,
        problem: Option<&CellProblem>,
    ) {
        // A cell that all records of a row share is told once.
        if record > 0 && !matches!(self.plan.place, ColumnSource::Records(_)) {
            return;
        }
        let block = &self.sorted.block;
        let row = block.rows[self.sorted.data[position] as usize];
        let raw = block.shown(cell).into_owned();
        let (rule_id, message, hint) = match problem {
            Some(problem) => (problem.rule_id(), problem.message(), self.hint(problem, position)),
            None => {
                let right = self.plan.arrival.repair.get(raw.trim()).map_or("", String::as_str);
                let read_as = match self.plan.column.class {
                    PrivacyClass::None => format!("as `{right}`"),
                    _ => "as `repair` of the layout says".to_owned(),
                };
                (
                    "cell::repaired".to_owned(),
                    "a known damage of the cell was repaired".to_owned(),
                    format!("it was read {read_as}; tell the supplier, so that the file is mended"),
                )
            }
        };
        self.faults.push(Fault {
            at: Address { sheet: block.sheet.clone(), row: Some(row.number), column: source.map(|column| column + 1) },
            column: Some(self.plan.name.clone()),
            rule_id,
            severity,
            raw: (!raw.is_empty()).then_some(raw),
            message,
            hint,
            row_key: None,
            supplier: None,
        });
    }
}

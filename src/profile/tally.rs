//! What stands in one column, counted cell by cell.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};

use super::key::{AsIs, HashesSeen};
use super::personal::looks_like_name;
use super::typed::{as_typed, in_brackets, is_power_of_ten};
use crate::conform::{clock, parse_date, parse_decimal};
use crate::model::{IdentifierKind, Period};
use crate::read::{Block, Cell, number_text};

/// Different values that are counted; beyond, there are "more than" so many.
pub(super) const MOST_DISTINCT: usize = 50_000;
/// Different values of which the numbers are kept.
pub(super) const MOST_VALUES: usize = 60;
/// Different bounds that are kept: a release has one or two.
const MOST_BOUNDS: usize = 20;
/// Different texts and numbers that wait to be looked at.
const MOST_WAITING: usize = 4_096;
/// A longest value that is a code or a mark.
const LONGEST_VALUE: usize = 60;
/// Forms of dates that are tried, those of this country first.
pub(super) const DATE_FORMS: [&str; 11] = [
    "%d/%m/%Y",
    "%Y-%m-%d",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d %B %Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%Y-%b-%d %H:%M:%S",
    "%d/%m/%y",
    "%d-%b-%y",
    "%m/%d/%Y",
];
/// Marks that stand for a missing value in published statistics.
const MARKS: [&str; 26] = [
    "x", "c", "z", ".", "..", "...", ":", "-", "*", "~", "u", "k", "low", "supp", "ne", "na", "n/a", "#n/a", "np",
    "sp", "lowcov", "null", "none", "#div/0!", "dns", "rec",
];

/// Whether a text is written for a missing value.
pub(super) fn is_mark(text: &str) -> bool {
    MARKS.contains(&text.to_lowercase().as_str())
}

/// The counts of one column.
#[derive(Debug, Clone, Default)]
pub(super) struct ColumnTally {
    pub(super) cells: u64,
    pub(super) blanks: u64,
    pub(super) texts: u64,
    pub(super) numbers: u64,
    /// Those of Excel's percent format.
    pub(super) percent_cells: u64,
    /// Numbers above 1 in size that are of another format.
    pub(super) beyond_one: u64,
    pub(super) whole: u64,
    /// Numbers that their format shows as codes, `0000123`.
    pub(super) padded: u64,
    pub(super) booleans: u64,
    pub(super) yes_no: u64,
    pub(super) days: u64,
    pub(super) durations: u64,
    /// Texts such as `37:30`, and those of them of a day or more.
    pub(super) clocks: u64,
    pub(super) long_clocks: u64,
    /// Lengths of time that are no whole hundredth of an hour, and those that are no whole minute.
    pub(super) odd_hours: u64,
    pub(super) odd_minutes: u64,
    pub(super) errors: u64,
    pub(super) without_value: u64,
    /// Texts that are whole numbers, and those that are other numbers.
    pub(super) text_whole: u64,
    pub(super) text_numbers: u64,
    pub(super) percents: u64,
    pub(super) pounds: u64,
    pub(super) thousands: u64,
    pub(super) leading_zeros: u64,
    /// Texts that say on which side of a number the value is, `<0.001`, and the first of them.
    pub(super) bounds: u64,
    pub(super) bound_texts: BTreeSet<String>,
    /// Numbers in brackets.
    pub(super) brackets: u64,
    /// Whole numbers of which scientific notation has kept the first digits alone.
    pub(super) powers: u64,
    /// Numbers with binary noise, which are counted as they were typed.
    pub(super) noisy: u64,
    /// Texts such as `49,9`: numbers with a comma before their decimals.
    pub(super) comma_decimals: u64,
    pub(super) text_days: u64,
    /// Days of which day and month can be told apart, and those of which they cannot.
    pub(super) told_days: u64,
    pub(super) ambiguous_days: u64,
    pub(super) forms: BTreeMap<&'static str, u64>,
    pub(super) periods: u64,
    pub(super) identifiers: BTreeMap<IdentifierKind, u64>,
    pub(super) emails: u64,
    pub(super) telephones: u64,
    pub(super) names: u64,
    pub(super) marks: BTreeMap<String, u64>,
    pub(super) scale: usize,
    pub(super) digits: usize,
    pub(super) longest: u64,
    pub(super) text_length: u64,
    distinct: HashesSeen,
    /// Texts and numbers that are counted and not yet looked at: each is looked at once for all its cells.
    waiting: HashMap<u64, (Waiting, u64), BuildHasherDefault<AsIs>>,
    /// Values with their numbers, until there are too many.
    pub(super) values: BTreeMap<String, u64>,
    pub(super) has_more_values: bool,
}

/// What a cell holds, to be looked at.
#[derive(Debug, Clone)]
enum Waiting {
    Text(String),
    Number(f64),
}

/// A hash of a cell's text, the same on every machine.
pub(super) fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

impl ColumnTally {
    /// Cells with a value or a mark.
    pub(super) fn filled(&self) -> u64 {
        self.cells - self.blanks - self.errors - self.without_value
    }

    /// Cells with a value.
    pub(super) fn valued(&self) -> u64 {
        self.filled() - self.marked()
    }

    /// Cells with a mark, where the others are not texts.
    pub(super) fn marked(&self) -> u64 {
        if self.has_typed() { self.marks.values().sum() } else { 0 }
    }

    fn has_typed(&self) -> bool {
        let numbers = self.numbers + self.text_whole + self.text_numbers + self.bounds;
        let typed = numbers + self.days + self.text_days;
        typed > 0 && typed * 2 >= self.filled() - self.marks.values().sum::<u64>()
    }

    pub(super) fn is_numeric(&self) -> bool {
        let numeric = self.numbers + self.text_whole + self.text_numbers;
        numeric > 0 && numeric == self.valued()
    }

    pub(super) fn is_yes_no(&self) -> bool {
        self.booleans + self.yes_no > 0 && self.booleans + self.yes_no == self.valued()
    }

    pub(super) fn is_date(&self) -> bool {
        self.days + self.text_days > 0 && self.days + self.text_days == self.valued()
    }

    /// Different values, at most [`MOST_DISTINCT`].
    pub(super) fn distinct(&self) -> u64 {
        self.distinct.len() as u64
    }

    /// Whether there are more different values than are counted.
    pub(super) fn is_capped(&self) -> bool {
        self.distinct.len() >= MOST_DISTINCT
    }

    /// Counts a cell; gives the hash of its text, 0 for a blank.
    pub(super) fn add(&mut self, block: &Block, cell: Cell) -> u64 {
        self.cells += 1;
        let shown = block.shown(cell);
        let shown = shown.trim();
        match cell {
            Cell::NoValue => {
                self.without_value += 1;
                return 0;
            }
            Cell::Error(..) | Cell::Flawed(..) => {
                self.errors += 1;
                return hash(shown);
            }
            _ if shown.is_empty() => {
                self.blanks += 1;
                return 0;
            }
            _ => {}
        }
        let hash = hash(shown);
        match cell {
            Cell::Number(value) | Cell::Percent(value) => {
                self.percent_cells += u64::from(matches!(cell, Cell::Percent(_)));
                self.beyond_one += u64::from(matches!(cell, Cell::Number(_)) && value.abs() > 1.0);
                self.wait(hash ^ 2, || Waiting::Number(value));
            }
            Cell::Padded(..) => {
                self.padded += 1;
                self.wait(hash, || Waiting::Text(shown.to_owned()));
            }
            Cell::Bool(_) => self.booleans += 1,
            Cell::Serial(_) => self.days += 1,
            Cell::Duration(days) => {
                self.durations += 1;
                self.length(days, 1);
            }
            // The text `1` and the number 1 are not one cell.
            _ => self.wait(hash, || Waiting::Text(shown.to_owned())),
        }
        if self.distinct.len() < MOST_DISTINCT {
            self.distinct.insert(hash);
        }
        if !self.has_more_values {
            if let Some(count) = self.values.get_mut(shown) {
                *count += 1;
            } else if self.values.len() < MOST_VALUES && shown.chars().count() <= LONGEST_VALUE {
                self.values.insert(shown.to_owned(), 1);
            } else {
                self.has_more_values = true;
                self.values.clear();
            }
        }
        hash
    }

    fn wait(&mut self, key: u64, cell: impl FnOnce() -> Waiting) {
        if self.waiting.len() >= MOST_WAITING && !self.waiting.contains_key(&key) {
            self.finish();
        }
        self.waiting.entry(key).or_insert_with(|| (cell(), 0)).1 += 1;
    }

    /// Looks at what waits. Before it, nothing that is counted of texts and numbers is whole.
    pub(super) fn finish(&mut self) {
        for (_, (cell, times)) in std::mem::take(&mut self.waiting) {
            match cell {
                Waiting::Text(text) => self.text(&text, times),
                Waiting::Number(value) => self.number(value, times),
            }
        }
    }

    /// How exactly a length of time in days is a number of hours or minutes.
    fn length(&mut self, days: f64, times: u64) {
        let seconds = (days * 86_400.0).round();
        self.odd_hours += times * u64::from(seconds % 36.0 != 0.0);
        self.odd_minutes += times * u64::from(seconds % 60.0 != 0.0);
    }

    fn number(&mut self, value: f64, times: u64) {
        self.numbers += times;
        let mut text = number_text(value);
        if let Some(typed) = as_typed(&text) {
            self.noisy += times;
            text = typed;
        }
        if !text.contains(['.', 'e']) && value.abs() < 9e15 {
            self.whole += times;
        }
        self.measure(&text);
        self.identify(&text, times);
        if text.len() == 6 || text.len() == 4 {
            self.periods += times * u64::from(Period::parse(&text).is_ok());
        }
    }

    /// The digits before and after the point.
    fn measure(&mut self, text: &str) {
        let bare = text.trim_start_matches(['-', '+', '\u{2212}']);
        let (mantissa, power) = bare.split_once(['e', 'E']).unwrap_or((bare, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let power = power.parse::<i32>().unwrap_or(0).clamp(-400, 400);
        let widen = |length: usize, by: i32| length.saturating_add_signed(by as isize);
        let whole = whole.bytes().filter(u8::is_ascii_digit).count();
        self.digits = self.digits.max(widen(whole, power));
        self.scale = self.scale.max(widen(fraction.len(), -power));
    }

    fn identify(&mut self, text: &str, times: u64) {
        // No identifier is without a digit, or has a point.
        let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
        if !(3..=14).contains(&text.len()) || !has_digit || text.contains('.') {
            return;
        }
        for kind in IdentifierKind::ALL {
            if kind.normalise(text).is_ok() {
                *self.identifiers.entry(kind).or_insert(0) += times;
            }
        }
    }

    fn text(&mut self, text: &str, times: u64) {
        self.texts += times;
        let length = text.chars().count() as u64;
        self.longest = self.longest.max(length);
        self.text_length += times * length;
        if is_mark(text) {
            *self.marks.entry(text.to_owned()).or_insert(0) += times;
            return;
        }
        self.identify(text, times);
        if matches!(text.to_ascii_lowercase().as_str(), "yes" | "no" | "y" | "n" | "true" | "false") {
            self.yes_no += times;
        }
        let first = text.as_bytes().first().copied().unwrap_or(b' ');
        let is_short = text.len() <= 40;
        let before = self.text_whole + self.text_numbers;
        let bound = text.strip_prefix(['<', '>', '≤', '≥']).map(str::trim_start).filter(|_| is_short);
        if bound.is_some_and(|bound| parse_decimal(bound, 38, decimals(bound)).is_ok()) {
            self.bounds += times;
            if self.bound_texts.len() < MOST_BOUNDS {
                self.bound_texts.insert(text.to_owned());
            }
        }
        if is_short
            && (first.is_ascii_digit()
                || matches!(first, b'-' | b'+' | b'.' | b'(')
                || text.starts_with(['£', '\u{2212}']))
        {
            self.numeric_text(text, times);
        }
        self.periods += times * u64::from(Period::parse(text).is_ok());
        let is_number = self.text_whole + self.text_numbers > before;
        if let Some(days) = clock(text).filter(|_| !is_number) {
            self.clocks += times;
            self.long_clocks += times * u64::from(days >= 1.0);
            self.length(days, times);
            return;
        }
        if !is_number
            && is_short
            && first.is_ascii_digit()
            && (6..=30).contains(&text.len())
            && !text.bytes().all(|byte| byte.is_ascii_digit())
        {
            let mut any = false;
            for form in DATE_FORMS {
                if parse_date(text, &[form.to_owned()], None).is_ok() {
                    *self.forms.entry(form).or_insert(0) += times;
                    any = true;
                }
            }
            self.text_days += times * u64::from(any);
            self.orient(text, times);
        }
        self.emails +=
            times * u64::from(text.split_once('@').is_some_and(|(who, at)| !who.is_empty() && at.contains('.')));
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let is_telephone = (first == b'0' || text.starts_with("+44"))
            && (10..=13).contains(&digits)
            && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'+' | b'(' | b')' | b'-'));
        self.telephones += times * u64::from(is_telephone);
        self.names += times * u64::from(looks_like_name(text));
    }

    /// Whether day and month of a day in figures can be told apart.
    fn orient(&mut self, text: &str, times: u64) {
        let mut parts = text.split([' ', 'T']).next().unwrap_or("").split(['/', '-', '.']);
        let mut next = || parts.next().filter(|part| part.len() <= 2).and_then(|part| part.parse::<u8>().ok());
        if let (Some(one), Some(other)) = (next(), next()) {
            let is_either = one <= 12 && other <= 12;
            self.ambiguous_days += times * u64::from(is_either);
            self.told_days += times * u64::from(!is_either);
        }
    }

    fn numeric_text(&mut self, text: &str, times: u64) {
        let inner = in_brackets(text);
        let text = inner.unwrap_or(text);
        let bare = text.strip_suffix('%').map(str::trim_end);
        let is_percent = bare.is_some();
        let bare = bare.unwrap_or(text);
        let (is_pounds, bare) = bare.strip_prefix('£').map_or((false, bare), |bare| (true, bare.trim_start()));
        let typed = as_typed(bare);
        self.noisy += times * u64::from(typed.is_some());
        let bare = typed.as_deref().unwrap_or(bare);
        let scale = decimals(bare);
        if parse_decimal(bare, 38, scale).is_err() {
            self.comma_decimals += times * u64::from(has_comma_decimals(bare));
            return;
        }
        self.percents += times * u64::from(is_percent);
        self.pounds += times * u64::from(is_pounds);
        self.thousands += times * u64::from(bare.contains(','));
        self.beyond_one += times * u64::from(bare.replace(',', "").parse::<f64>().is_ok_and(|value| value.abs() > 1.0));
        self.brackets += times * u64::from(inner.is_some());
        self.powers += times * u64::from(is_power_of_ten(bare));
        let zeros = bare.trim_start_matches(['-', '+']);
        self.leading_zeros += times * u64::from(zeros.len() > 1 && zeros.starts_with('0') && !zeros.starts_with("0."));
        // `785.0` is a whole number, as exports write them.
        let bare = bare
            .split_once('.')
            .filter(|(_, zeros)| zeros.bytes().all(|byte| byte == b'0'))
            .map_or(bare, |(whole, _)| whole);
        let scale = if bare.contains('.') { scale } else { 0 };
        self.measure(bare);
        if scale == 0 && !bare.contains(['e', 'E']) && bare.len() <= 18 {
            self.text_whole += times;
        } else {
            self.text_numbers += times;
        }
    }
}

/// Whether a text is a number as it is written on the Continent: `49,9`, `1.784,5`.
fn has_comma_decimals(text: &str) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.trim_start_matches(['-', '+']);
    text.split_once(',').is_some_and(|(whole, decimals)| {
        let mut groups = whole.split('.');
        let first = groups.next().unwrap_or_default();
        is_digits(first) && is_digits(decimals) && groups.all(|group| group.len() == 3 && is_digits(group))
    })
}

/// Decimals beyond these are not told apart.
const MOST_DECIMALS: i8 = 30;

/// How many decimals a number is written with, a power of ten counted, at most [`MOST_DECIMALS`]: `2.5e-05` has six.
fn decimals(text: &str) -> i8 {
    let (mantissa, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let written = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let power = power.parse::<isize>().unwrap_or(0).clamp(-30, 30);
    i8::try_from(written.saturating_add_signed(-power)).unwrap_or(MOST_DECIMALS).min(MOST_DECIMALS)
}

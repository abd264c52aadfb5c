//! `config/targets.csv` into [`Targets`]: every problem at once, each with its line and column.
//!
//! A row is a point: `kpi,place,breakdown,unit,polarity,basis,kind,date,value,note`. The rows of one KPI, place and breakdown are a line.
//! Lines that begin with `#` are remarks.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;

use super::problem::{Problem, did_you_mean, hint_for};
use super::target::{TargetBasis, TargetKind, TargetLine, TargetPoint, TargetReading, Targets};
use super::target_value::{in_words, iso_day, millionths};
use super::text::line_at;
use super::vocabulary::{Basis, Polarity, Unit};
use super::{CodeList, Kpi, SeriesKind, target_line, target_place};

/// The header of the file.
pub(super) const COLUMNS: [&str; 10] =
    ["kpi", "place", "breakdown", "unit", "polarity", "basis", "kind", "date", "value", "note"];

/// What the rows are held against.
pub(super) struct TargetWorld<'a> {
    pub(super) kpis: &'a [Kpi],
    /// SQL of marts by name, for the breakdowns that they make.
    pub(super) marts: &'a [super::Mart],
    /// Whether there is a file of a KPI, that has problems of its own then.
    pub(super) is_written: &'a dyn Fn(&str) -> bool,
    /// The authorities.
    pub(super) authorities: Option<&'a Arc<CodeList>>,
}

/// One row as it stands.
pub(super) struct TargetRow<'t> {
    /// Its line, 1-based.
    pub(super) line: usize,
    text: &'t str,
    fields: Vec<String>,
}

impl TargetRow<'_> {
    pub(super) fn field(&self, column: &str) -> &str {
        let index = COLUMNS.iter().position(|one| *one == column);
        index.and_then(|index| self.fields.get(index)).map_or("", String::as_str)
    }

    /// The column of the line in which a field begins, 1-based, in characters.
    fn column(&self, column: &str) -> usize {
        let index = COLUMNS.iter().position(|one| *one == column).unwrap_or(0);
        let (mut commas, mut is_quoted) = (0, false);
        for (at, each) in self.text.chars().enumerate() {
            if commas == index {
                return at + 1;
            }
            is_quoted ^= each == '"';
            commas += usize::from(each == ',' && !is_quoted);
        }
        self.text.chars().count() + 1
    }

    pub(super) fn problem(
        &self,
        path: &Path,
        column: &str,
        code: &'static str,
        message: String,
        hint: impl Into<String>,
    ) -> Problem {
        Problem {
            path: path.to_path_buf(),
            line: self.line,
            column: self.column(column),
            code,
            message,
            hint: hint.into(),
        }
    }
}

/// A row whose every field is right for itself.
pub(super) struct TargetParts {
    pub(super) unit: Unit,
    pub(super) polarity: Polarity,
    pub(super) basis: TargetBasis,
    pub(super) point: TargetPoint,
}

/// KPI, place and breakdown.
type LineKey<'r> = (&'r str, &'r str, &'r str);
/// A row, and what it says where it is right.
pub(super) type RowRead<'r> = (&'r TargetRow<'r>, Option<TargetParts>);

/// Reads the text of the file.
pub(super) fn read(path: &Path, text: &str, world: &TargetWorld<'_>, problems: &mut Vec<Problem>) -> Targets {
    let text = text.trim_start_matches('\u{feff}');
    let rows = rows(path, text, problems);
    let mut by_line: Vec<(LineKey<'_>, Vec<RowRead<'_>>)> = Vec::new();
    for row in &rows {
        let key = (row.field("kpi"), row.field("place"), row.field("breakdown"));
        let parts = parts(path, row, world, problems);
        match by_line.iter_mut().find(|(known, _)| *known == key) {
            Some((_, found)) => found.push((row, parts)),
            None => by_line.push((key, vec![(row, parts)])),
        }
    }
    let mut targets = Targets::default();
    for ((kpi, place, breakdown), rows) in by_line {
        let is_whole = target_line::check(path, &rows, problems, &mut targets.queries);
        let first = rows.iter().find_map(|(_, parts)| parts.as_ref());
        let Some(first) = first.filter(|_| is_whole) else { continue };
        targets.lines.push(TargetLine {
            kpi_id: kpi.to_owned(),
            place: place.to_owned(),
            breakdown: breakdown.to_owned(),
            unit: first.unit,
            polarity: first.polarity,
            basis: first.basis,
            readings: readings(world.kpis, kpi, breakdown, first.unit, first.polarity, first.basis),
            points: rows.iter().filter_map(|(_, parts)| Some(parts.as_ref()?.point.clone())).collect(),
        });
    }
    targets
}

/// The records below the header, with the text of their lines.
fn rows<'t>(path: &Path, text: &'t str, problems: &mut Vec<Problem>) -> Vec<TargetRow<'t>> {
    let lines: Vec<&str> = text.lines().collect();
    // A record is said to begin where the one before it ended: at the remarks before it.
    let line_of = |position: Option<&csv::Position>| {
        let said = line_at(position).max(1);
        let is_passed = |line: &&str| line.is_empty() || line.starts_with('#');
        said + lines.iter().skip(said.saturating_sub(1)).take_while(|line| is_passed(line)).count()
    };
    let mut problem = |line: usize, message: String, hint: String| {
        let code = "target::shape";
        problems.push(Problem { path: path.to_path_buf(), line, column: 1, code, message, hint });
    };
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().cloned().unwrap_or_default();
    if header.iter().ne(COLUMNS) {
        let line = line_of(header.position());
        let wrong = header.iter().find(|word| !COLUMNS.contains(word)).and_then(|word| {
            let meant = did_you_mean(word, COLUMNS)?;
            Some(format!("did you mean `{meant}` by `{word}`? "))
        });
        let hint =
            format!("{}write `{}`, a row for each point of a line", wrong.unwrap_or_default(), COLUMNS.join(","));
        problem(line, format!("the header is `{}`", header.iter().collect::<Vec<_>>().join(",")), hint);
        return Vec::new();
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = line_of(record.position());
                let text = line.checked_sub(1).and_then(|at| lines.get(at)).copied().unwrap_or_default();
                rows.push(TargetRow { line, text, fields: record.iter().map(str::to_owned).collect() });
            }
            Err(error) => {
                let line = line_of(error.position());
                let hint = format!("{} fields, in quotes where they hold a comma", COLUMNS.len());
                problem(line, "a line has another number of fields than the header".to_owned(), hint);
            }
        }
    }
    rows
}

/// Looks at each field of a row; nothing where one is wrong.
fn parts(
    path: &Path,
    row: &TargetRow<'_>,
    world: &TargetWorld<'_>,
    problems: &mut Vec<Problem>,
) -> Option<TargetParts> {
    let before = problems.len();
    let mut add = |column: &str, code, message: String, hint: String| {
        problems.push(row.problem(path, column, code, message, hint));
    };
    let (id, breakdown) = (row.field("kpi"), row.field("breakdown"));
    let kpis: Vec<&Kpi> = world.kpis.iter().filter(|kpi| kpi.id == id).collect();
    if kpis.is_empty() && !(world.is_written)(id) {
        let ids: std::collections::BTreeSet<&str> = world.kpis.iter().map(|kpi| kpi.id.as_str()).collect();
        let meant =
            did_you_mean(id, ids.iter().copied()).map_or_else(String::new, |id| format!("did you mean `{id}`? "));
        let hint = format!("{meant}`sendmart kpi list` lists the {} that there are", ids.len());
        add("kpi", "target::kpi", format!("there is no KPI `{id}`"), hint);
    }
    if let Some((message, hint)) = target_place::problem(row.field("place"), world.authorities) {
        add("place", "target::place", message, hint);
    }
    if let Some((message, hint)) = target_place::breakdown_problem(breakdown, &kpis, world.marts) {
        add("breakdown", "target::breakdown", message, hint);
    }
    let unit = word(row.field("unit"), &Unit::ALL, Unit::as_str, "unit", "target::unit", &mut add);
    let polarities = [Polarity::High, Polarity::Low, Polarity::None];
    let polarity = word(row.field("polarity"), &polarities, Polarity::as_str, "polarity", "target::polarity", &mut add);
    let basis = word(row.field("basis"), &TargetBasis::ALL, TargetBasis::as_str, "basis", "target::basis", &mut add);
    let kind = kind(row.field("kind"), &mut add);
    if let Some(unit) = unit.filter(|unit| !kpis.is_empty() && !kpis.iter().any(|kpi| kpi.unit == *unit)) {
        let own = of_kpis(&kpis, |kpi| kpi.unit.as_str());
        let message = format!("`{}` is not the unit of `{id}`", unit.as_str());
        add("unit", "target::unit", message, format!("its values are {own}: write that, and values counted so"));
    }
    let has_no_direction = !kpis.is_empty() && kpis.iter().all(|kpi| kpi.polarity == Polarity::None);
    if has_no_direction {
        let message = format!("neither more nor less of `{id}` is better, so that no value is behind a target");
        add(
            "kpi",
            "target::no_direction",
            message,
            "take the row out, or say in the KPI's head which is better".to_owned(),
        );
    } else if let Some(polarity) = polarity
        && !kpis.is_empty()
        && !kpis.iter().any(|kpi| polarity_of(kpi, breakdown) == polarity)
    {
        let own = of_kpis(&kpis, |kpi| polarity_of(kpi, breakdown).as_str());
        let message = format!("`{}` is not the polarity of `{id}`", polarity.as_str());
        add("polarity", "target::polarity", message, format!("its own is {own}: which of its values are better"));
    }
    if let (Some(basis), Some(unit), Some(polarity)) = (basis, unit, polarity)
        && kpis.iter().any(|kpi| kpi.unit == unit && polarity_of(kpi, breakdown) == polarity)
    {
        basis_problem(id, basis, &|basis| readings(world.kpis, id, breakdown, unit, polarity, basis), &kpis, &mut add);
    }
    let day = day(row.field("date"), &mut add);
    let value = value(row.field("value"), unit, &mut add);
    if problems.len() > before || kpis.is_empty() {
        return None;
    }
    let note = Some(row.field("note")).filter(|note| !note.is_empty()).map(str::to_owned);
    let point = TargetPoint { kind: kind?, day: day?, millionths: value?, note, line: row.line };
    Some(TargetParts { unit: unit?, polarity: polarity?, basis: basis?, point })
}

/// Told what is wrong with a field: column, code, message, hint.
type Add<'a> = dyn FnMut(&str, &'static str, String, String) + 'a;

/// A word of a closed set.
fn word<T: Copy>(
    found: &str,
    all: &[T],
    said: fn(T) -> &'static str,
    column: &str,
    code: &'static str,
    add: &mut Add<'_>,
) -> Option<T> {
    let one = all.iter().copied().find(|one| said(*one) == found);
    if one.is_none() {
        let valid: Vec<&str> = all.iter().map(|one| said(*one)).collect();
        add(column, code, format!("`{column}` is `{found}`"), hint_for(found, valid));
    }
    one
}

fn kind(found: &str, add: &mut Add<'_>) -> Option<TargetKind> {
    let kind = TargetKind::ALL.into_iter().find(|kind| kind.as_str() == found);
    if kind.is_none() {
        let folded = found.to_lowercase();
        let hint = if ["project", "forecast", "estimate"].iter().any(|word| folded.starts_with(word)) {
            "a projection is neither what was nor what shall be: take the row out; what shall be is `milestone` or `target`"
                .to_owned()
        } else if folded.starts_with("actual") || folded == "value" {
            "what was stands in `kpi.value`, with its source: take the row out".to_owned()
        } else {
            hint_for(found, TargetKind::ALL.map(TargetKind::as_str))
        };
        add("kind", "target::kind", format!("`kind` is `{found}`"), hint);
    }
    kind
}

fn day(found: &str, add: &mut Add<'_>) -> Option<Date> {
    let day = found.parse::<Date>().ok();
    if day.is_none() {
        let meant = iso_day(found).map_or_else(String::new, |day| format!("did you mean `{day}`? "));
        let hint = format!("{meant}write dates as 2026-03-31");
        add("date", "target::date", format!("`date` is `{found}`, which is not a date"), hint);
    }
    day
}

fn value(found: &str, unit: Option<Unit>, add: &mut Add<'_>) -> Option<i64> {
    let Some(value) = millionths(found) else {
        let hint = "write the number alone, with a point and at most six decimals, such as `3.08`: its unit stands in `unit`, and what others \
                    have is a comparator";
        add("value", "target::value", format!("`value` is `{found}`, which is not a number"), hint.to_owned());
        return None;
    };
    let most = millionths("100").unwrap_or(i64::MAX);
    if value < 0 {
        let hint = "a share, rate or count is 0 or more".to_owned();
        add("value", "target::out_of_range", format!("`value` is {}, below 0", in_words(value)), hint);
    } else if unit == Some(Unit::Percent) && value > most {
        let hint = "a share is between 0 and 100".to_owned();
        add("value", "target::out_of_range", format!("`value` is {} per cent", in_words(value)), hint);
    }
    Some(value)
}

/// Whether there are values of the basis, and whether a line can lead from one of them to the next.
fn basis_problem(
    id: &str,
    basis: TargetBasis,
    readings: &dyn Fn(TargetBasis) -> Vec<TargetReading>,
    kpis: &[&Kpi],
    add: &mut Add<'_>,
) {
    if readings(basis).is_empty() {
        let there: Vec<String> = TargetBasis::ALL
            .into_iter()
            .filter(|basis| !readings(*basis).is_empty())
            .map(|basis| format!("`{}`", basis.as_str()))
            .collect();
        let message = format!("`{id}` has no values of basis `{}`", basis.as_str());
        add("basis", "target::basis", message, format!("it has: {}", there.join(", ")));
        return;
    }
    let begins_again = kpis.iter().any(|kpi| {
        kpi.series.as_ref().is_some_and(|series| series.begins_again(kpi.rows.as_ref(), kpi.unit.is_plain()))
    });
    if basis == TargetBasis::YearToDate && begins_again {
        let message = format!("a year to date of `{id}` begins with nothing each year: no line leads to a target");
        let hint = "write `annual` or `rolling_12_months`, with values of twelve months".to_owned();
        add("basis", "target::begins_again", message, hint);
    }
}

fn of_kpis(kpis: &[&Kpi], said: impl Fn(&Kpi) -> &'static str) -> String {
    let words: std::collections::BTreeSet<&str> = kpis.iter().map(|kpi| said(kpi)).collect();
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ")
}

/// Which direction is better of a breakdown.
fn polarity_of(kpi: &Kpi, breakdown: &str) -> Polarity {
    let is_opposite = kpi.opposite.iter().any(|one| breakdown.split(", ").any(|part| part == one));
    if is_opposite { kpi.polarity.opposite() } else { kpi.polarity }
}

/// Where the values are that a line speaks of.
fn readings(
    kpis: &[Kpi],
    id: &str,
    breakdown: &str,
    unit: Unit,
    polarity: Polarity,
    basis: TargetBasis,
) -> Vec<TargetReading> {
    let is_meant = |kpi: &&Kpi| kpi.id == id && kpi.unit == unit && polarity_of(kpi, breakdown) == polarity;
    let mut found: BTreeMap<&str, TargetReading> = BTreeMap::new();
    for kpi in kpis.iter().filter(is_meant) {
        let annual = basis == TargetBasis::Annual;
        let own = kpi.period_kind.map(SeriesKind::of_own);
        let period_kinds: Vec<SeriesKind> = match kpi.basis {
            Basis::Published if annual => vec![SeriesKind::AcademicYear, SeriesKind::CalendarYear],
            Basis::Published => Vec::new(),
            Basis::Local if annual => own.into_iter().collect(),
            // Of two kinds of year to date that of the KPI's own year is meant.
            Basis::Local => {
                let kinds = kpi.series.iter().flat_map(|series| &series.kinds).copied();
                let kinds: Vec<SeriesKind> = kinds.filter(|kind| basis.has(*kind)).collect();
                let to_date = own.and_then(SeriesKind::to_date).filter(|kind| kinds.contains(kind));
                to_date.or(kinds.first().copied()).into_iter().collect()
            }
        };
        if !period_kinds.is_empty() {
            let places = kpi.rounding.places();
            found.insert(kpi.basis.as_str(), TargetReading { basis: kpi.basis, period_kinds, places });
        }
    }
    found.into_values().collect()
}

//! `kpi show`: the values of a KPI, each with its unit, its place and what must be known beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, SchemaRef};

use super::aim::{self, ShownAim};
use super::at::{Gazetteer, texts};
use super::judged::tell;
use super::{Context, Failure, output, passport};
use crate::definitions::did_you_mean;
use crate::definitions::{Basis, Kpi, Polarity, Rebase, SeriesKind, Unit};
use crate::lake::Place;
use crate::trace::COLUMNS_OF_VALUES;
use crate::warehouse::dialect::text;
use crate::warehouse::{WarehouseError, first_texts, passport_columns, published_own_periods};

/// Columns of the screen where the output goes elsewhere and nothing says how wide it is.
pub(super) const SCREEN: usize = 80;
/// The breakdown of all.
const TOTAL: &str = "total";
/// Most words of a set that a hint names.
const SHOWN: usize = 12;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted<'a> {
    pub(super) id: &'a str,
    pub(super) at: Option<&'a str>,
    pub(super) period: Option<&'a str>,
    pub(super) breakdown: Option<&'a str>,
    /// The kind of period: by default each KPI's own.
    pub(super) kind: Option<SeriesKind>,
    /// Every breakdown, and not the total alone.
    pub(super) all: bool,
    /// What a series is held against, in the unit of the KPI.
    pub(super) target: Option<f64>,
    /// Declared changes of processes.
    pub(super) rebases: &'a [Rebase],
}

impl Wanted<'_> {
    /// The parameters of a query: KPI, codes, period, breakdown; blank for any.
    fn parameters(&self, codes: &[String]) -> [String; 4] {
        let any = |value: Option<&str>| value.unwrap_or_default().to_owned();
        [self.id.to_owned(), codes.join(PART), any(self.period), any(self.breakdown)]
    }
}

/// Between codes in a parameter.
const PART: &str = "\u{1f}";

/// The rows that are asked for, by the parameters of [`Wanted::parameters`].
pub(super) const CONDITION: &str = "value.kpi_id = ?1 AND (?2 = '' OR list_contains(string_split(?2, chr(31)), value.geography_code)) \
     AND (?3 = '' OR value.period = ?3) AND (?4 = '' OR value.breakdown = ?4)";

/// Answers a question about `kpi.value`: of the live generation, or of values computed for another day.
pub(super) type Ask<'a> = dyn Fn(&str, &[&str]) -> Result<(SchemaRef, Vec<RecordBatch>), WarehouseError> + 'a;

/// `sendmart kpi show`.
pub(super) fn show(
    context: &Context,
    place: &Place,
    kpis: &[&Kpi],
    wanted: &Wanted<'_>,
    ask: &Ask<'_>,
) -> Result<(), Failure> {
    let gazetteer = Gazetteer::of(place)?;
    let codes = wanted.at.map_or_else(|| Ok(Vec::new()), |asked| gazetteer.find(asked))?;
    let (_, columns) = ask(COLUMNS_OF_VALUES, &[])?;
    let has = |wanted: &str| first_texts(&columns).any(|column| column == wanted);
    let has_periods = has("period_kind");
    // A generation of an older program knows no targets.
    let (_, tables) = ask("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'kpi'", &[])?;
    let has_targets = has_periods && first_texts(&tables).any(|table| table == "status");
    let sql = format!(
        "SELECT kpi_id, {} AS title, {} AS unit, basis, period, geography_level, geography_code, geography_name, breakdown, numerator, \
         denominator, value, reason, published, maturity, as_of{}{}{}{} FROM {} AS value WHERE {CONDITION}{} \
         ORDER BY basis, {}period, geography_level, geography_code, breakdown",
        of_basis(kpis, &|kpi| kpi.title.clone()),
        of_basis(kpis, &|kpi| kpi.unit.as_str().to_owned()),
        if has("mark") { ", mark" } else { "" },
        if has_periods { ", period_kind, denominator_period" } else { "" },
        passport_columns().filter(|column| has(column)).map(|column| format!(", {column}")).collect::<String>(),
        if has_targets {
            let columns: Vec<&str> = std::iter::once("period_end").chain(aim::COLUMNS.map(|(name, _)| name)).collect();
            format!(", {}", columns.join(", "))
        } else {
            String::new()
        },
        if has_targets { aim::values_with_targets() } else { "kpi.value".to_owned() },
        if has_periods { of_kind(kpis, wanted) } else { String::new() },
        if has_periods { "period_kind, period_start, " } else { "" },
    );
    let given = wanted.parameters(&codes);
    let (schema, batches) = ask(&sql, &given.each_ref().map(String::as_str))?;
    if batches.iter().all(|batch| batch.num_rows() == 0) {
        return Err(nothing(place, &gazetteer, &codes, wanted)?);
    }
    if context.json {
        output::table(&schema, &batches, true);
        return Ok(());
    }
    let mut values: Vec<ShownValue> = batches.iter().flat_map(|batch| read(&schema, batch)).collect();
    let left_out = if wanted.all || wanted.breakdown.is_some() { 0 } else { only_totals(&mut values, wanted.at) };
    let mut is_first = true;
    for kpi in kpis {
        let of_basis: Vec<&ShownValue> = values.iter().filter(|value| value.basis == kpi.basis.as_str()).collect();
        if of_basis.is_empty() {
            continue;
        }
        if !std::mem::take(&mut is_first) {
            output::said("");
        }
        one_basis(kpi, &of_basis, &gazetteer);
        let first = of_basis[0];
        let is_series = of_basis.len() > 1
            && of_basis.iter().all(|one| (&one.code, &one.breakdown) == (&first.code, &first.breakdown));
        if has_periods && is_series && wanted.period.is_none() {
            let declared = of_basis.iter().rev().find_map(|value| Some(value.aim.as_ref()?.target));
            tell(kpi, (&first.code, &first.breakdown), &gazetteer, wanted, declared, ask)?;
        }
    }
    if left_out > 0 {
        let values = if left_out == 1 { "1 value".to_owned() } else { format!("{left_out} values") };
        output::said(&format!("{values} more, of breakdowns and other places: --all, --at PLACE"));
    }
    Ok(())
}

/// The condition on the kind of period: the one asked for, else each KPI's own. A period that is named is of whatever kind it is.
fn of_kind(kpis: &[&Kpi], wanted: &Wanted<'_>) -> String {
    if let Some(kind) = wanted.kind {
        return format!(" AND value.period_kind = '{}'", kind.as_str());
    }
    if wanted.period.is_some() {
        return String::new();
    }
    let own = kpis.iter().filter(|kpi| kpi.basis == Basis::Local).find_map(|kpi| kpi.period_kind);
    let own = own.map_or_else(|| "TRUE".to_owned(), |own| format!("value.period_kind = '{}'", own.as_str()));
    format!(
        " AND CASE WHEN value.basis = '{}' THEN {own} ELSE {} END",
        Basis::Local.as_str(),
        published_own_periods("value")
    )
}

/// Leaves the totals alone, of each basis and place that has any, and where no place is asked for those of the widest: of the council on own
/// returns, of the nation on published counts. Gives how many others there are.
fn only_totals(values: &mut Vec<ShownValue>, at: Option<&str>) -> usize {
    let before = values.len();
    if at.is_none() {
        for basis in [Basis::Published, Basis::Local] {
            let is_of = |value: &ShownValue| value.basis == basis.as_str();
            let is_told = |level: &&str| values.iter().any(|value| is_of(value) && value.level == *level);
            if let Some(widest) = ["nation", "authority"].into_iter().find(is_told) {
                values.retain(|value| !is_of(value) || value.level == widest);
            }
        }
    }
    let place = |value: &ShownValue| (value.basis.clone(), value.code.clone());
    let with_total: BTreeSet<(String, String)> =
        values.iter().filter(|value| value.breakdown == TOTAL).map(place).collect();
    values.retain(|value| value.breakdown == TOTAL || !with_total.contains(&place(value)));
    before - values.len()
}

/// What the KPI of each basis says of itself, as an expression.
fn of_basis(kpis: &[&Kpi], said: &dyn Fn(&Kpi) -> String) -> String {
    let cases: Vec<String> =
        kpis.iter().map(|kpi| format!("WHEN {} THEN {}", text(kpi.basis.as_str()), text(&said(kpi)))).collect();
    format!("CASE basis {} END", cases.join(" "))
}

/// One value as it is shown.
struct ShownValue {
    basis: String,
    period: String,
    level: String,
    code: String,
    name: String,
    breakdown: String,
    numerator: String,
    denominator: String,
    value: Option<f64>,
    published: Option<f64>,
    as_of: String,
    notes: Vec<String>,
    /// What is to be known of its data, in lines.
    data: Vec<String>,
    /// How it stands to its target.
    aim: Option<ShownAim>,
}

fn read(schema: &SchemaRef, batch: &RecordBatch) -> Vec<ShownValue> {
    let at = |name: &str| schema.index_of(name).ok();
    let rows = output::texts(batch);
    let figure = |name: &str, row: usize| {
        let column = at(name).and_then(|index| batch.column(index).as_primitive_opt::<Float64Type>());
        column.filter(|column| column.is_valid(row)).map(|column| column.value(row))
    };
    rows.iter()
        .enumerate()
        .map(|(row, cells)| {
            let cell = |name: &str| at(name).map_or_else(String::new, |index| cells[index].clone());
            let (basis, maturity) = (cell("basis"), cell("maturity"));
            let notes = [
                reason_words(&cell("reason")),
                // On own returns the mark says it, and the data below.
                if maturity == "final" || basis == Basis::Local.as_str() { String::new() } else { maturity },
                cell("mark"),
                Some(cell("denominator_period"))
                    .filter(|period| !period.is_empty())
                    .map_or_else(String::new, |period| format!("denominator of {period}")),
            ];
            let data = passport::words(&cell("period"), &|column| Some(cell(column)).filter(|text| !text.is_empty()));
            ShownValue {
                basis,
                period: cell("period"),
                level: cell("geography_level"),
                code: cell("geography_code"),
                name: cell("geography_name"),
                breakdown: cell("breakdown"),
                numerator: cell("numerator"),
                denominator: cell("denominator"),
                value: figure("value", row),
                published: figure("published", row),
                as_of: cell("as_of"),
                notes: notes.into_iter().filter(|note| !note.is_empty()).collect(),
                data,
                aim: ShownAim::of(&cell, &|name| figure(name, row)),
            }
        })
        .collect()
}

/// Why there is no value, in words.
pub(super) fn reason_words(reason: &str) -> String {
    match reason {
        "" => String::new(),
        "suppressed" => "none: suppressed".to_owned(),
        "not_applicable" => "none: nothing to divide by".to_owned(),
        "unavailable" => "none: not available".to_owned(),
        "low" => "none: too few to show".to_owned(),
        "blank" => "none: blank in the file".to_owned(),
        other => format!("none: {other}"),
    }
}

/// The unit and what is better, in words.
pub(super) fn unit_words(kpi: &Kpi) -> String {
    let unit = match kpi.unit {
        _ if kpi.unit_words.is_some() => kpi.unit_words.as_deref().unwrap_or_default(),
        Unit::Percent => "per cent",
        Unit::Per100 => "per 100",
        Unit::Ratio => "ratio",
        Unit::Fte => "full-time equivalent",
        Unit::Count => "count",
    };
    match kpi.polarity {
        Polarity::High => format!("{unit}; high is good"),
        Polarity::Low => format!("{unit}; low is good"),
        Polarity::None => unit.to_owned(),
    }
}

/// Whose counts they are, in words.
pub(super) fn basis_words(basis: Basis) -> &'static str {
    match basis {
        Basis::Published => "on published counts",
        Basis::Local => "on this place's own returns",
    }
}

/// A value as its KPI shows it: with the decimals of its rounding, and counts without `.0`.
pub(super) fn number(kpi: &Kpi, value: f64) -> String {
    let written = output::whole(format!("{value:?}"));
    match kpi.rounding.places() {
        // A publication may print more decimals than its KPI's usual: none is cut.
        Some(places) if !kpi.unit.is_plain() => {
            let decimals = written.split_once('.').map_or(0, |(_, decimals)| decimals.len());
            format!("{value:.*}", usize::from(places).max(decimals))
        }
        _ => written,
    }
}

/// The values of one basis: what they are, a table in which what is the same throughout is said once, and notes.
fn one_basis(kpi: &Kpi, values: &[&ShownValue], gazetteer: &Gazetteer) {
    let called = |value: &ShownValue| {
        if value.name.is_empty() { gazetteer.called(&value.code) } else { format!("{} ({})", value.name, value.code) }
    };
    let single = |of: &dyn Fn(&ShownValue) -> String| {
        let all: BTreeSet<String> = values.iter().map(|value| of(value)).collect();
        all.first().filter(|_| all.len() == 1).cloned()
    };
    let place = single(&called);
    let breakdown = single(&|value: &ShownValue| value.breakdown.clone());
    output::said(&format!("{}: {}", kpi.id, kpi.title));
    output::said(&format!("  {}; {}", unit_words(kpi), basis_words(kpi.basis)));
    let as_of =
        single(&|value: &ShownValue| value.as_of.clone()).map_or_else(String::new, |day| format!("; as of {day}"));
    let of = [place.clone(), breakdown.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ");
    if !of.is_empty() || !as_of.is_empty() {
        let of = if of.is_empty() { as_of.trim_start_matches("; ").to_owned() } else { format!("{of}{as_of}") };
        output::said(&format!("  {of}"));
    }
    if let (Some(_), Some(_), true) = (&place, &breakdown, std::io::stdout().is_terminal())
        && let Some(course) = course(kpi, values)
    {
        output::said(&format!("  {course}"));
    }
    // A note that is long stands once below the table, by its number.
    let mut numbered: BTreeMap<String, usize> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    let mut noted = |value: &ShownValue| {
        let notes = value.notes.iter().map(|note| {
            if note.chars().count() <= 16 {
                return note.clone();
            }
            let next = order.len() + 1;
            let number = *numbered.entry(note.clone()).or_insert_with(|| {
                order.push(note.clone());
                next
            });
            format!("[{number}]")
        });
        notes.collect::<Vec<_>>().join(", ")
    };
    let rows: Vec<[String; 8]> = values
        .iter()
        .map(|value| {
            [
                value.period.clone(),
                called(value),
                value.breakdown.clone(),
                value.numerator.clone(),
                value.denominator.clone(),
                value.value.map_or_else(String::new, |found| number(kpi, found)),
                value.published.map_or_else(String::new, |printed| number(kpi, printed)),
                noted(value),
            ]
        })
        .collect();
    let is_shown = |column: usize| match column {
        1 => place.is_none(),
        2 => breakdown.is_none(),
        3 if kpi.unit.is_plain() => false,
        3 | 4 | 6 | 7 => rows.iter().any(|row| !row[column].is_empty()),
        _ => true,
    };
    let columns: Vec<usize> = (0..8).filter(|column| is_shown(*column)).collect();
    let header = ["period", "place", "breakdown", "numerator", "denominator", "value", "published", "note"];
    let header: Vec<&str> = columns.iter().map(|column| header[*column]).collect();
    let body = rows.iter().map(|row| columns.iter().map(|column| row[*column].clone()).collect());
    output::rows_within(&header, body, output::width().unwrap_or(SCREEN));
    for (index, note) in order.iter().enumerate() {
        output::said(&format!("[{}] {note}", index + 1));
    }
    differing(kpi, values);
    // The last value that is held against its line; else the last that has one.
    let aims = || values.iter().filter_map(|value| value.aim.as_ref());
    let aim = aims().rfind(|aim| aim.is_judged()).or(aims().next_back());
    if let Some(aim) = aim.filter(|_| place.is_some() && breakdown.is_some()) {
        output::said(&aim.words(kpi));
    }
    // How new and how complete the last value is; `explain` says it of each.
    let last = values.iter().rfind(|value| value.value.is_some() && kpi.basis == Basis::Local);
    if place.is_some() && breakdown.is_some() {
        last.iter().flat_map(|value| &value.data).for_each(|line| output::said(line));
    }
}

/// Says of values that are not the figure that is printed beside their counts what is known of it.
fn differing(kpi: &Kpi, values: &[&ShownValue]) {
    let is_other = |value: &&&ShownValue| {
        value.value.zip(value.published).is_some_and(|(own, printed)| own.total_cmp(&printed).is_ne())
    };
    let count = values.iter().filter(is_other).count();
    if count == 0 {
        return;
    }
    let (are, differ) = if count == 1 { ("figure", "differs") } else { ("figures", "differ") };
    let known: Vec<&str> = kpi.differences.iter().map(|known| known.what.as_str()).collect();
    let known = if known.is_empty() {
        "nothing is known of it".to_owned()
    } else {
        format!("known of some releases: {}", known.join(" "))
    };
    output::said(&format!(
        "{count} printed {are} {differ}; {known} `sendmart kpi reconcile {}` tells it of each release",
        kpi.id
    ));
}

/// The course of the values in one line: each as the height of a bar, and how the last differs from the one before it.
fn course(kpi: &Kpi, values: &[&ShownValue]) -> Option<String> {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let figures: Vec<f64> = values.iter().filter_map(|value| value.value).collect();
    let [.., before, last] = figures.as_slice() else { return None };
    let low = figures.iter().copied().fold(f64::INFINITY, f64::min);
    let high = figures.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let bar = |value: &ShownValue| {
        value.value.map_or('·', |figure| {
            let share = if high > low { (figure - low) / (high - low) } else { 0.5 };
            let place = BARS.iter().enumerate().rev().find(|(index, _)| share * 8.0 >= *index as f64);
            place.map_or(BARS[0], |(_, bar)| *bar)
        })
    };
    let bars: String = values.iter().map(|value| bar(value)).collect();
    let arrow = match last.total_cmp(before) {
        std::cmp::Ordering::Greater => '↑',
        std::cmp::Ordering::Less => '↓',
        std::cmp::Ordering::Equal => '→',
    };
    let verdict = match (kpi.polarity, last.total_cmp(before)) {
        (Polarity::None, _) | (_, std::cmp::Ordering::Equal) => "",
        (Polarity::High, std::cmp::Ordering::Greater) | (Polarity::Low, std::cmp::Ordering::Less) => ", better",
        _ => ", worse",
    };
    Some(format!("{bars}  {arrow} {} after {}{verdict}", number(kpi, *last), number(kpi, *before)))
}

/// Why there is no row: the first thing of what was asked for that is not there, with what is.
pub(super) fn nothing(
    place: &Place,
    gazetteer: &Gazetteer,
    codes: &[String],
    wanted: &Wanted<'_>,
) -> Result<Failure, Failure> {
    let id = wanted.id;
    let of = |column: &str, loosened: &Wanted<'_>, codes: &[String]| {
        let sql = format!("SELECT DISTINCT {column} FROM kpi.value AS value WHERE {CONDITION} ORDER BY 1");
        let given = loosened.parameters(codes);
        texts(place, &sql, &given.each_ref().map(String::as_str))
    };
    let here = wanted.at.map_or_else(String::new, |_| {
        let called: Vec<String> = codes.iter().map(|code| gazetteer.called(code)).collect();
        format!(" for {}", called.join(" or "))
    });
    let any = Wanted { id, ..Wanted::default() };
    let places = of("geography_code", &any, &[])?;
    if places.is_empty() {
        return Ok(Failure::absent(
            format!("`{id}` has no value in the live generation"),
            format!(
                "its source may not have come: `sendmart plan` says what is missing, and `sendmart query \"SELECT * FROM meta.kpi WHERE kpi_id = '{id}'\"` what it reads"
            ),
        ));
    }
    if !codes.is_empty() && !codes.iter().any(|code| places.contains(code)) {
        let some: Vec<String> = places.iter().map(|code| gazetteer.called(code)).collect();
        return Ok(Failure::absent(format!("`{id}` has no value{here}"), format!("it has values for {}", few(&some))));
    }
    if let Some(kind) = wanted.kind.filter(|_| wanted.period.is_none()) {
        let kinds = of("period_kind", &any, codes)?;
        if !kinds.iter().any(|one| one == kind.as_str()) {
            return Ok(Failure::absent(
                format!("`{id}` has no value{here} by {}", kind.as_str()),
                there(kind.as_str(), &kinds, "the kinds of period that it has values of"),
            ));
        }
    }
    let periods = of("period", &any, codes)?;
    if let Some(period) = wanted.period.filter(|period| !periods.contains(*period)) {
        return Ok(Failure::absent(
            format!("`{id}` has no value{here} in `{period}`"),
            there(period, &periods, "its periods there"),
        ));
    }
    let breakdowns = of("breakdown", &Wanted { period: wanted.period, ..any }, codes)?;
    let breakdown = wanted.breakdown.unwrap_or_default();
    let when = wanted.period.map_or_else(String::new, |period| format!(" in {period}"));
    Ok(Failure::absent(
        format!("`{id}` has no value{here}{when} with breakdown `{breakdown}`"),
        there(breakdown, &breakdowns, "its breakdowns there"),
    ))
}

fn there(asked: &str, words: &BTreeSet<String>, what: &str) -> String {
    let meant = did_you_mean(asked, words.iter().map(String::as_str));
    let meant = meant.map_or_else(String::new, |word| format!("did you mean `{word}`? "));
    format!("{meant}{what}: {}", few(&words.iter().cloned().collect::<Vec<_>>()))
}

/// The first words of a set, and how many more there are.
fn few(words: &[String]) -> String {
    let shown = words.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if words.len() > SHOWN { format!("{shown} and {} more", words.len() - SHOWN) } else { shown }
}

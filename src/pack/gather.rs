//! What the pages are made of, asked of a generation. The only place of this room that asks.

use std::collections::{BTreeMap, BTreeSet};

use super::gather_figures::{comparators, figures};
use super::question::{AskFigures, rows, tables};
use super::values::{
    BoardFigure, BoardKpi, BoardPages, CollectionBook, ComparedFigure, FaultCount, HeldWords, LateReturn,
    MissingPeriod, TOTAL,
};
use crate::definitions::{Basis, Definitions, Kpi, Need, PeriodKind, Rebase};
use crate::warehouse::WarehouseError;

/// Published periods of which groups are shown.
const PERIODS: usize = 4;
/// Groups of a published KPI that are shown.
const GROUPS: usize = 80;
/// Academic years of which those who did not return are named.
const YEARS: usize = 2;

/// Gathers the values of all pages. `name_of` says what the place of a code is called, `is_place` whether a place as people write it has
/// a code.
///
/// # Errors
/// [`WarehouseError`] when the generation cannot be asked.
pub fn gather<'a>(
    ask: &AskFigures<'_>,
    definitions: &'a Definitions,
    name_of: &dyn Fn(&str) -> Option<String>,
    is_place: &dyn Fn(&str, &str) -> bool,
) -> Result<BoardPages<'a>, WarehouseError> {
    let has = tables(ask)?;
    let generation = rows(
        ask,
        &["generation", "as_of", "built_at", "fingerprint", "program_version", "authority"],
        "FROM meta.generation",
    )?;
    let council = if has.contains("mart.dim_council") {
        rows(ask, &["la_code", "name"], "FROM mart.dim_council ORDER BY la_code NULLS LAST")?
    } else {
        Vec::new()
    };
    let of_generation = generation.first();
    let code =
        council.first().map(|row| row.word(0)).or_else(|| of_generation.map(|row| row.word(5))).unwrap_or_default();
    let named = council.first().and_then(|row| row.text(1)).or_else(|| name_of(&code));
    let place =
        named.unwrap_or_else(|| if code.is_empty() { "England".to_owned() } else { format!("authority {code}") });
    let day = |column: usize| of_generation.and_then(|row| row.day(column)).unwrap_or(jiff::civil::Date::ZERO);
    let word = |column: usize| of_generation.map(|row| row.word(column)).unwrap_or_default();
    let mut all = BoardPages {
        is_public: false,
        code,
        place,
        as_of: day(1),
        built: day(2),
        generation: word(0),
        fingerprint: word(3),
        program: word(4),
        kpis: Vec::new(),
        held: Vec::new(),
        missing: Vec::new(),
        late: Vec::new(),
        books: Vec::new(),
        faults: Vec::new(),
    };
    let title = |name: &str| definitions.collections.get(name).map_or_else(|| name.to_owned(), |one| one.title.clone());
    if has.contains("meta.held") {
        let found = rows(
            ask,
            &["collection", "held_since", "file_name", "message"],
            "FROM meta.held ORDER BY collection NULLS LAST, received_at NULLS LAST, file_name NULLS LAST",
        )?;
        all.held = found
            .iter()
            .map(|row| HeldWords {
                collection: title(&row.word(0)),
                since: row.day(1),
                file: row.word(2),
                message: row.word(3),
            })
            .collect();
    }
    if has.contains("mart.return_gap") {
        all.missing = missing(ask, definitions)?;
    }
    if has.contains("mart.return_completeness") {
        all.late = late(ask, has.contains("mart.dim_school"))?;
    }
    let came = rows(
        ask,
        &["collection"],
        "FROM meta.delivery WHERE refused_code IS NULL GROUP BY collection ORDER BY collection NULLS LAST",
    )?;
    let came: BTreeSet<String> = came.iter().map(|row| row.word(0)).collect();
    all.kpis = kpis(ask, definitions, &all, &has)?;
    for one in &mut all.kpis {
        let is_here = |rebase: &&Rebase| {
            rebase.kpi == one.kpi.id && rebase.place.as_deref().is_none_or(|place| is_place(place, &one.code))
        };
        one.rebases = definitions.settings.rebases.iter().filter(is_here).collect();
    }
    for one in all.kpis.iter_mut().filter(|one| one.figures.is_empty()) {
        let absent = one.kpi.needs.iter().filter(|need| !need.any_of().iter().any(|(name, _)| came.contains(*name)));
        let named: BTreeSet<String> = absent.map(|need| words_of(need, &title)).collect();
        one.lacking = named.into_iter().collect();
    }
    all.books = books(ask, &title)?;
    all.faults = faults(ask, &title)?;
    Ok(all)
}

/// The collections of a need, alternatives with `or` between them.
fn words_of(need: &Need, title: &dyn Fn(&str) -> String) -> String {
    let mut names: Vec<String> = Vec::new();
    for (name, _) in need.any_of() {
        let named = format!("\u{201c}{}\u{201d}", title(name));
        if !names.contains(&named) {
            names.push(named);
        }
    }
    names.join(" or ")
}

/// The KPIs with their figures, in the order of areas and titles.
fn kpis<'a>(
    ask: &AskFigures<'_>,
    definitions: &'a Definitions,
    all: &BoardPages<'_>,
    has: &BTreeSet<String>,
) -> Result<Vec<BoardKpi<'a>>, WarehouseError> {
    let mut figures = figures(ask, &all.code, has)?;
    let mut compared = if has.contains("mart.comparator") { comparators(ask)? } else { BTreeMap::new() };
    // A KPI of which neither a return nor a publication is in has no page where it cannot have one: collections of the config decide.
    let runs = |kpi: &Kpi| {
        let of_needs = |need: &Need| {
            need.any_of().iter().any(|(name, _)| definitions.collections.get(*name).is_some_and(|one| one.runs))
        };
        kpi.basis == Basis::Local && !all.code.is_empty() && !kpi.needs.is_empty() && kpi.needs.iter().any(of_needs)
    };
    let mut found = Vec::new();
    let mut defined: Vec<&Kpi> = definitions.kpis.iter().collect();
    let area = |kpi: &Kpi| super::frame::AREAS.iter().position(|area| *area == kpi.area);
    defined.sort_by(|one, other| {
        (area(one), &one.title, &one.id, one.basis == Basis::Published).cmp(&(
            area(other),
            &other.title,
            &other.id,
            other.basis == Basis::Published,
        ))
    });
    for kpi in defined {
        let of_kpi = figures.remove(&(kpi.id.clone(), kpi.basis.as_str().to_owned())).unwrap_or_default();
        if of_kpi.is_empty() && !runs(kpi) {
            continue;
        }
        found.push(board_kpi(all, kpi, of_kpi, &mut compared));
    }
    Ok(found)
}

fn board_kpi<'a>(
    all: &BoardPages<'_>,
    kpi: &'a Kpi,
    mut figures: Vec<BoardFigure>,
    compared: &mut BTreeMap<String, Vec<ComparedFigure>>,
) -> BoardKpi<'a> {
    let is_of_council = figures.iter().any(|figure| figure.level == "authority");
    let (mut place, mut code) = (all.place.clone(), all.code.clone());
    if kpi.basis == Basis::Published {
        let level = if is_of_council { "authority" } else { "nation" };
        figures.retain(|figure| figure.level == level);
        if !is_of_council {
            place = figures
                .iter()
                .map(|figure| &figure.name)
                .find(|name| !name.is_empty())
                .cloned()
                .unwrap_or_else(|| "England".to_owned());
            code = figures.first().map(|figure| figure.code.clone()).unwrap_or_default();
        }
    }
    let before = figures.len();
    if kpi.basis == Basis::Published {
        let periods: BTreeSet<String> = figures.iter().map(|figure| figure.period.clone()).collect();
        let newest: BTreeSet<String> = periods.into_iter().rev().take(PERIODS).collect();
        let groups: BTreeSet<String> =
            figures.iter().map(|figure| figure.breakdown.clone()).filter(|group| group != TOTAL).collect();
        let groups: BTreeSet<String> = groups.into_iter().take(GROUPS).collect();
        figures.retain(|figure| {
            figure.breakdown == TOTAL || newest.contains(&figure.period) && groups.contains(&figure.breakdown)
        });
    }
    // What stands beside the council is told once of an id: with its own returns where there are any, otherwise with the published.
    let beside = if is_of_council { compared.remove(&kpi.id).unwrap_or_default() } else { Vec::new() };
    BoardKpi {
        kpi,
        place,
        code,
        left_out: before - figures.len(),
        figures,
        lacking: Vec::new(),
        compared: beside,
        rebases: Vec::new(),
    }
}

/// Periods of which all alternatives of something that a KPI needs are missing, newest first, with the KPIs that need it.
fn missing(ask: &AskFigures<'_>, definitions: &Definitions) -> Result<Vec<MissingPeriod>, WarehouseError> {
    let from = "FROM mart.return_gap AS gap LEFT JOIN mart.dim_period AS span ON span.period_kind = gap.period_kind AND span.period = gap.period \
                ORDER BY gap.need NULLS LAST, gap.period_kind NULLS LAST, gap.period NULLS LAST, gap.absence NULLS LAST";
    let columns = ["gap.need", "gap.period_kind", "gap.period", "gap.absence", "span.period_end"];
    let found = rows(ask, &columns, from)?;
    let mut ends = BTreeMap::new();
    let mut absences: BTreeMap<(String, String, String), BTreeSet<String>> = BTreeMap::new();
    for row in &found {
        ends.insert((row.word(1), row.word(2)), row.day(4));
        absences.entry((row.word(1), row.word(2), row.word(0))).or_default().insert(row.word(3));
    }
    let mut all: BTreeMap<(String, String), (Option<jiff::civil::Date>, BTreeSet<String>)> = BTreeMap::new();
    for kpi in definitions.kpis.iter().filter(|kpi| kpi.basis == Basis::Local) {
        for ((kind, period), end) in
            ends.iter().filter(|((kind, _), _)| Some(kind.as_str()) == kpi.period_kind.map(PeriodKind::as_str))
        {
            for need in &kpi.needs {
                let of = |(collection, table): (&str, &str)| {
                    absences.get(&(kind.clone(), period.clone(), format!("{collection}.{table}")))
                };
                let gaps: Option<Vec<&BTreeSet<String>>> = need.any_of().into_iter().map(of).collect();
                let Some(gaps) = gaps else { continue };
                let words: BTreeSet<&str> = gaps.into_iter().flatten().map(String::as_str).collect();
                let words = words.into_iter().collect::<Vec<_>>().join("; ");
                all.entry((period.clone(), words)).or_insert_with(|| (*end, BTreeSet::new())).1.insert(kpi.id.clone());
            }
        }
    }
    let listed = all.into_iter().rev().map(|((period, absence), (ends, kpis))| MissingPeriod {
        period,
        ends,
        absence,
        kpis: kpis.into_iter().collect(),
    });
    Ok(listed.collect())
}

/// Schools and teams that did not return in the newest academic years.
fn late(ask: &AskFigures<'_>, has_schools: bool) -> Result<Vec<LateReturn>, WarehouseError> {
    let school = if has_schools {
        "LEFT JOIN (SELECT urn, max(name) AS name FROM mart.dim_school WHERE is_current GROUP BY urn) AS school ON CAST(school.urn AS VARCHAR) = one.geography_code"
    } else {
        "LEFT JOIN (SELECT NULL AS urn, NULL AS name) AS school ON FALSE"
    };
    let from = format!(
        "FROM mart.return_completeness AS one {school} WHERE one.period_kind = 'academic_year' AND one.returned < one.expected \
         AND one.subject NOT LIKE '% at end' AND (one.geography_level = 'school' OR one.breakdown LIKE 'team=%') \
         ORDER BY one.subject NULLS LAST, one.period NULLS LAST, one.geography_code NULLS LAST, one.breakdown NULLS LAST"
    );
    let last = "(SELECT max(earlier.period) FROM mart.return_completeness AS earlier WHERE earlier.subject = one.subject \
                AND earlier.period_kind = one.period_kind AND earlier.geography_level = one.geography_level \
                AND earlier.geography_code = one.geography_code AND earlier.breakdown = one.breakdown \
                AND earlier.returned = earlier.expected AND earlier.period < one.period)";
    let columns = [
        "one.subject",
        "one.period",
        "one.geography_level",
        "one.geography_code",
        "one.breakdown",
        "school.name",
        last,
    ];
    let found = rows(ask, &columns, &from)?;
    let newest = rows(
        ask,
        &["period"],
        "FROM mart.return_completeness WHERE period_kind = 'academic_year' GROUP BY period ORDER BY period DESC NULLS LAST",
    )?;
    let newest: Vec<String> = newest.iter().take(YEARS).map(|row| row.word(0)).collect();
    let who = |level: &str, code: &str, breakdown: &str, name: Option<String>| match (level, name) {
        ("school", Some(name)) => format!("{name} ({code})"),
        ("school", None) => format!("school {code}"),
        _ => super::breakdown::group_words(breakdown),
    };
    Ok(found
        .iter()
        .filter(|row| newest.contains(&row.word(1)))
        .map(|row| LateReturn {
            subject: row.word(0),
            period: row.word(1),
            who: who(&row.word(2), &row.word(3), &row.word(4), row.text(5)),
            last: row.text(6),
        })
        .collect())
}

fn books(ask: &AskFigures<'_>, title: &dyn Fn(&str) -> String) -> Result<Vec<CollectionBook>, WarehouseError> {
    let columns = [
        "collection",
        "rows_read",
        "rows_accepted",
        "rows_quarantined",
        "rows_skipped",
        "file_name",
        "received_at",
        "refused_code",
    ];
    let from = "FROM meta.delivery ORDER BY collection NULLS LAST, received_at NULLS LAST, file_name NULLS LAST, delivery_id NULLS LAST";
    let mut all: BTreeMap<String, CollectionBook> = BTreeMap::new();
    for row in rows(ask, &columns, from)? {
        let book = all
            .entry(row.word(0))
            .or_insert_with(|| CollectionBook { collection: title(&row.word(0)), ..CollectionBook::default() });
        book.deliveries += 1;
        for (index, rows) in book.rows.iter_mut().enumerate() {
            *rows += row.count(index + 1);
        }
        if row.text(7).is_none() {
            (book.newest_file, book.newest) = (row.word(5), row.day(6));
        }
    }
    Ok(all.into_values().collect())
}

fn faults(ask: &AskFigures<'_>, title: &dyn Fn(&str) -> String) -> Result<Vec<FaultCount>, WarehouseError> {
    let columns = ["fault.supplier", "delivery.collection", "fault.severity", "count(*)"];
    let from = "FROM meta.fault AS fault LEFT JOIN meta.delivery AS delivery ON delivery.delivery_id = fault.delivery_id \
                GROUP BY fault.supplier, delivery.collection, fault.severity \
                ORDER BY fault.supplier NULLS FIRST, delivery.collection NULLS LAST, fault.severity NULLS LAST";
    let mut all: BTreeMap<(String, String), [u64; 3]> = BTreeMap::new();
    for row in rows(ask, &columns, from)? {
        let at = match row.word(2).as_str() {
            "error" => 0,
            "query" => 1,
            _ => 2,
        };
        all.entry((row.word(0), row.word(1))).or_default()[at] += row.count(3);
    }
    let words = |((supplier, collection), faults): ((String, String), [u64; 3])| FaultCount {
        supplier,
        collection: title(&collection),
        faults,
    };
    Ok(all.into_iter().map(words).collect())
}

//! `kpi reconcile`: computed against printed, by release and level, and what is known of figures that differ.

use std::collections::BTreeMap;

use super::at::files;
use super::run::grouped;
use super::{Context, Failure, output};
use crate::definitions::{Definitions, Kpi};
use crate::kpi::{ReconciledPart, Reconciler, Reconciliation, Tally, ValueError, rate_sql, reconcile_sql, with_values};
use crate::lake::Place;
use crate::warehouse::{query, query_each};

/// Compares KPIs with what was printed; `rows` is how many rows that differ are told of each.
pub(super) fn reconcile<'a>(
    context: &Context,
    place: &Place,
    definitions: &'a Definitions,
    kpis: impl Iterator<Item = &'a Kpi>,
    with_rates: bool,
    rows: usize,
) -> Result<(), Failure> {
    let names = files(place)?;
    let releases = releases(place, definitions)?;
    let (mut compared, mut equal, mut unexplained) = (0, 0, 0);
    let mut is_empty = true;
    for kpi in kpis {
        let found = compare(place, kpi, rows)?;
        if context.json {
            output::line(&serde_json::to_string(&found).unwrap_or_default());
            continue;
        }
        if found.parts.is_empty() {
            continue;
        }
        if !std::mem::take(&mut is_empty) {
            output::line("");
        }
        told(&found, &names, &releases, &|layout| title_of(definitions, kpi, layout));
        compared += found.total.compared;
        equal += found.total.equal;
        unexplained += found.unexplained;
    }
    let rates = if with_rates { rates(context, place, definitions, rows)? } else { Vec::new() };
    if context.json {
        return Ok(());
    }
    if is_empty {
        output::aside(
            "nothing to compare: the live generation has no figures that a department published (`sendmart kpi show` has those on this place's own returns)",
        );
        return Ok(());
    }
    output::said(&format!("\n{}", verdict("figures", compared, equal, unexplained)));
    rates_told(&rates, &names);
    Ok(())
}

/// How many of all are equal, and whether what is known explains the others.
fn verdict(what: &str, compared: u64, equal: u64, unexplained: u64) -> String {
    let rest = match (compared - equal, unexplained) {
        (0, _) => String::new(),
        (differ, 0) => format!("; {} differ, and what is known of them explains all", grouped(differ)),
        (differ, some) => format!("; {} differ, and nothing explains {} of them", grouped(differ), grouped(some)),
    };
    format!("{} of {} {what} that can be compared are equal{rest}", grouped(equal), grouped(compared))
}

/// The printed rates that no KPI speaks of, of the tables that the live generation has rows of.
fn rates(
    context: &Context,
    place: &Place,
    definitions: &Definitions,
    rows: usize,
) -> Result<Vec<(String, Reconciliation)>, Failure> {
    let mut all = Vec::new();
    let tables = definitions.collections.values().flat_map(|one| one.tables.values().map(move |table| (one, table)));
    for (collection, table) in tables.filter(|(_, table)| !table.rates.is_empty()) {
        let Some(mart) = table.mart.as_deref() else { continue };
        if !has_rows(place, mart)? {
            continue;
        }
        for rate in &table.rates {
            let mut reconciler = Reconciler::of_rate(table, rate, rows);
            let mut failed = None;
            query_each(place, &rate_sql(table, rate), &[], &mut |batch| {
                let added = with_values(collection, table, rate, &batch).and_then(|batch| reconciler.add(&batch));
                failed = failed.take().or(added.err());
            })?;
            let found = told_or(failed, reconciler.finish())?;
            if found.total.rows == 0 {
                continue;
            }
            if context.json {
                output::line(&serde_json::to_string(&found).unwrap_or_default());
            }
            all.push((mart.to_owned(), found));
        }
    }
    Ok(all)
}

/// Whether a mart stands in the live generation with at least one row.
fn has_rows(place: &Place, mart: &str) -> Result<bool, Failure> {
    let there = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'mart' AND table_name = $1";
    let (_, tables) = query(place, there, &[mart])?;
    if tables.iter().all(|batch| batch.num_rows() == 0) {
        return Ok(false);
    }
    let (_, rows) = query(place, &format!("SELECT 1 FROM mart.\"{mart}\" LIMIT 1"), &[])?;
    Ok(rows.iter().any(|batch| batch.num_rows() > 0))
}

/// The rates in words: a line each, and those that cannot be compared together by their reason.
fn rates_told(all: &[(String, Reconciliation)], names: &BTreeMap<String, String>) {
    if all.is_empty() {
        return;
    }
    output::said("\nPrinted rates of which no KPI speaks, from the counts beside them");
    let (mut compared, mut equal, mut unexplained) = (0, 0, 0);
    let mut before = None;
    for (mart, found) in all {
        if before != Some(mart) {
            output::said(&format!("  mart.{mart}"));
            before = Some(mart);
        }
        let column = found.kpi_id.rsplit('.').next().unwrap_or_default();
        let words = match &found.not_comparable {
            Some(why) => format!("not comparable: {why}"),
            None => tally(&found.total),
        };
        output::said(&format!("    {column}: {words}"));
        for line in found.differing_lines(&str::to_owned) {
            let line = line.strip_prefix(&format!("{}: ", found.kpi_id)).unwrap_or(&line).to_owned();
            let id = names.keys().find(|id| line.contains(id.as_str()));
            output::said(&format!(
                "      {}",
                id.map_or_else(|| line.clone(), |id| line.replace(id.as_str(), &names[id]))
            ));
        }
        compared += found.total.compared;
        equal += found.total.equal;
        unexplained += found.unexplained;
    }
    output::said(&verdict("of these", compared, equal, unexplained));
}

fn compare(place: &Place, kpi: &Kpi, rows: usize) -> Result<Reconciliation, Failure> {
    let mut reconciler = Reconciler::new(kpi, rows);
    let mut failed = None;
    query_each(place, reconcile_sql(), &[&kpi.id], &mut |batch| {
        if let Err(error) = reconciler.add(&batch) {
            failed = Some(error);
        }
    })?;
    told_or(failed, reconciler.finish())
}

fn told_or(failed: Option<ValueError>, found: Reconciliation) -> Result<Reconciliation, Failure> {
    match failed {
        Some(error) => Err(Failure { text: error.to_string(), hint: Some(error.hint()), exit_code: 78 }),
        None => Ok(found),
    }
}

/// One KPI: each release with its levels, and the rows that differ. A delivery is known by its file, a release by what its layout says
/// that it is.
fn told(
    found: &Reconciliation,
    names: &BTreeMap<String, String>,
    releases: &BTreeMap<String, String>,
    title_of: &dyn Fn(&str) -> String,
) {
    output::said(&format!("{}: {}", found.kpi_id, found.title));
    let mut before = None;
    for part in &found.parts {
        let of = file(part, names);
        if before.as_ref() != Some(&of) {
            let release = part.delivery_id.as_ref().and_then(|id| releases.get(id));
            if let Some(release) = release {
                output::said(&format!("  {release}"));
            }
            output::said(&format!("  {of}"));
            before = Some(of);
        }
        let level = part.geography_level.as_deref().unwrap_or_default();
        output::said(&format!("    {level:<9}  {}", tally(&part.tally)));
    }
    for line in found.differing_lines(title_of) {
        let id = names.keys().find(|id| line.contains(id.as_str()));
        output::said(&format!("  {}", id.map_or_else(|| line.clone(), |id| line.replace(id.as_str(), &names[id]))));
    }
}

/// What a layout of the publications that a KPI reads says that its releases are.
fn title_of(definitions: &Definitions, kpi: &Kpi, layout: &str) -> String {
    let behind = kpi.reads.iter().flat_map(|mart| definitions.collections_behind(mart));
    let mut layouts = behind.filter_map(|name| definitions.collections.get(&name)).flat_map(|one| &one.layouts);
    layouts.find(|one| one.name == layout).map_or_else(|| layout.to_owned(), |one| one.about.clone())
}

/// What each delivery is, by its id: the titles of its layouts, and the day on which it was received.
fn releases(place: &Place, definitions: &Definitions) -> Result<BTreeMap<String, String>, Failure> {
    let sql = "SELECT delivery_id, collection, layout, strftime(received_at, '%Y-%m-%d') FROM meta.delivery WHERE layout IS NOT NULL";
    let (_, batches) = query(place, sql, &[])?;
    let rows = batches.iter().flat_map(output::texts).filter_map(|row| {
        let [id, collection, layouts, day] = <[String; 4]>::try_from(row).ok()?;
        let known = &definitions.collections.get(&collection)?.layouts;
        let titles: Vec<&str> = layouts
            .split(", ")
            .filter_map(|name| Some(known.iter().find(|layout| layout.name == name)?.about.as_str()))
            .collect();
        (!titles.is_empty()).then(|| (id, format!("{}; received {day}", titles.join("; "))))
    });
    Ok(rows.collect())
}

fn file(part: &ReconciledPart, names: &BTreeMap<String, String>) -> String {
    let id = part.delivery_id.as_deref().unwrap_or_default();
    let name = names.get(id).map_or(id, String::as_str);
    let superseded = if part.superseded { " (superseded)" } else { "" };
    let rounding = part.rounding.as_ref().map_or_else(String::new, |rounding| format!(", rounding {rounding}"));
    format!("{name}{superseded}{rounding}")
}

/// How many are equal, and why others could not be compared.
fn tally(tally: &Tally) -> String {
    let mut words = match tally.compared {
        0 => "none can be compared".to_owned(),
        all => format!("{} of {} equal", grouped(tally.equal), grouped(all)),
    };
    if tally.different > 0 {
        words.push_str(&format!(", {} different", grouped(tally.different)));
    }
    let others: Vec<String> =
        tally.not_comparable.iter().map(|(why, rows)| format!("{} {}", grouped(*rows), why_words(why))).collect();
    if !others.is_empty() {
        words.push_str(&format!("; beside them {}", others.join(", ")));
    }
    words
}

/// Why a value cannot be compared, in words.
fn why_words(why: &str) -> &str {
    match why {
        "zero_denominator" => "with nothing to divide by",
        "no_published_figure" => "without a printed figure",
        "carried" => "taken as printed",
        "suppressed" => "suppressed",
        "unavailable" => "not available",
        "not_applicable" => "not applicable",
        "low" => "too few to show",
        "blank" => "left blank",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_equal_and_what_could_not_be_compared_is_said_in_words() {
        let counts = |compared, equal, not_comparable: &[(&str, u64)]| Tally {
            compared,
            equal,
            different: compared - equal,
            not_comparable: not_comparable.iter().map(|(why, rows)| ((*why).to_owned(), *rows)).collect(),
            ..Tally::default()
        };
        assert_eq!(tally(&counts(6_550, 6_550, &[])), "6,550 of 6,550 equal");
        assert_eq!(
            tally(&counts(440, 349, &[("zero_denominator", 1), ("suppressed", 12)])),
            "349 of 440 equal, 91 different; beside them 12 suppressed, 1 with nothing to divide by"
        );
        assert_eq!(tally(&counts(0, 0, &[("carried", 152)])), "none can be compared; beside them 152 taken as printed");
    }
}

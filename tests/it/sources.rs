//! For every local KPI × each table of returns behind it, absent, empty, or cut by a term, month or year: a value that
//! changes has a reason or a mark, and one that goes leaves a row that says why. No number changes in silence.
//!
//! The county is the one that the program invents, with a register of audits beside it. It is read once; each cut is a
//! generation that is built of what is left.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use jiff::civil::Date;
use rust_xlsxwriter::Workbook;
use sendmart::definitions::{Definitions, Kpi, load, load_kpis};
use sendmart::lake::Place;
use sendmart::model::{Book, Delivery, TableBook};
use sendmart::run::standing_now;
use sendmart::warehouse::{BuildInput, EngineLimits, NotCounted, build};

use crate::{checkout, sendmart};

/// KPIs without a single value that nothing has to be said beside: of a plan that was reviewed between 31 December and census
/// day no return tells the meeting before, and requests of the last months are in no return yet.
const ALWAYS_MARKED: [&str; 4] = [
    "annual_review_decision_within_12_months",
    "annual_review_held_in_year",
    "annual_review_within_12_months",
    "grt_request_evidence",
];

/// The environment variable with parts of names: only cuts with one of them in theirs are made, for whoever mends one.
const CUTS: &str = "SENDMART_CUTS";

/// Tables behind a local KPI that the county has not: GIAS has them in other extracts, and its list of cases comes in modules.
const NOT_OF_THE_COUNTY: [&str; 3] = ["ehcp_cases.case_list", "gias.gias_academies", "gias.gias_spine"];

/// KPI, period, level, place, breakdown.
type Key = (String, String, String, String, String);

/// What a row tells: its value or why it has none, and what is said beside.
#[derive(Debug, Clone, PartialEq)]
struct Told {
    parts: Option<(f64, Option<f64>)>,
    reason: Option<String>,
    mark: Option<String>,
}

type Values = BTreeMap<Key, Told>;

/// A county that has been read.
struct County {
    _keep: tempfile::TempDir,
    place: Place,
    definitions: Definitions,
    kpis: Vec<Kpi>,
    /// Tables of returns behind each KPI.
    behind: BTreeMap<String, BTreeSet<Table>>,
    deliveries: Vec<(Delivery, Book)>,
    as_of: Date,
    builds: AtomicUsize,
}

/// Table of a collection.
type Table = (String, String);

/// What is taken away: of some tables the parts of some period, or of all.
#[derive(Debug, Clone)]
struct Cut {
    tables: BTreeSet<Table>,
    period: Option<String>,
    /// The header is left.
    is_empty: bool,
}

impl Cut {
    fn name(&self) -> String {
        let tables: Vec<String> =
            self.tables.iter().map(|(collection, table)| format!("{collection}.{table}")).collect();
        let period = self.period.as_ref().map_or_else(String::new, |period| format!(" of {period}"));
        format!("{}{period} {}", tables.join(" + "), if self.is_empty { "empty" } else { "absent" })
    }

    fn takes(&self, delivery: &Delivery, part: &TableBook) -> bool {
        self.tables.contains(&(delivery.collection.clone(), part.table.clone()))
            && self.period.as_ref().is_none_or(|period| *period == period_of(delivery, part))
    }
}

/// The period of a part: what it speaks for, else the day on which it was received (registers and lists come one a term or month).
fn period_of(delivery: &Delivery, part: &TableBook) -> String {
    if part.speaks_for.is_empty() {
        return delivery.received_at.to_string()[..10].to_owned();
    }
    part.speaks_for.values().cloned().collect::<Vec<_>>().join(" ")
}

impl County {
    fn new() -> Self {
        let keep = tempfile::tempdir().unwrap();
        let root = keep.path().join("place");
        let county = keep.path().join("county");
        let out = county.display().to_string();
        let size = ["--schools", "12", "--pupils", "1100", "--years", "3", "--seed", "15", "--mess", "0"];
        let (code, said, err) = sendmart(checkout(), &[&["sample", "--out", &out][..], &size].concat());
        assert_eq!(code, 0, "{said}{err}");
        let config = county.join("sample.toml");
        add_audits(&county, &config);
        add_calendar_without_a_term(&county, &config);

        // Only what local KPIs read is built, and nothing is checked: the sources are, here.
        fs::create_dir_all(root.join("sql/kpis")).unwrap();
        fs::create_dir_all(root.join("sql/marts")).unwrap();
        let link = |from: PathBuf, to: &Path| std::os::unix::fs::symlink(from, to).unwrap();
        for name in ["pipelines", "config"] {
            link(checkout().join(name), &root.join(name));
        }
        link(checkout().join("sql/macros"), &root.join("sql/macros"));
        link(checkout().join("sql/kpis/local"), &root.join("sql/kpis/local"));
        let kpis = load_kpis(&root.join("sql/kpis")).unwrap();
        let all = load(checkout(), None).unwrap();
        let read: Vec<String> = kpis
            .iter()
            .flat_map(|kpi| kpi.reads.clone())
            .chain(["dim_council", "period_mark", "return_completeness"].map(str::to_owned))
            .collect();
        for mart in all.marts_behind(&read) {
            let file = format!("sql/marts/{mart}.sql");
            if checkout().join(&file).exists() {
                link(checkout().join(&file), &root.join(&file));
            }
        }
        let (code, said, err) = sendmart(&root, &["--config", &config.display().to_string(), "run"]);
        assert_eq!(code, 0, "{said}{err}");

        let definitions = load(&root, Some(&config)).unwrap();
        let place = Place::new(&root, &definitions.settings.var);
        let deliveries = standing_now(&place, &definitions).unwrap().counts;
        let newest = deliveries.iter().map(|(delivery, _)| delivery.received_at).max().unwrap();
        let as_of = definitions.settings.zone.day_of(newest);
        let behind = kpis.iter().map(|kpi| (kpi.id.clone(), tables_behind(&definitions, kpi))).collect();
        Self { _keep: keep, place, definitions, kpis, behind, deliveries, as_of, builds: AtomicUsize::new(0) }
    }

    /// Tables of returns behind a KPI.
    fn behind(&self, kpi: &Kpi) -> &BTreeSet<Table> {
        &self.behind[&kpi.id]
    }

    /// The periods of which a table has records, in order.
    fn periods(&self, table: &Table) -> Vec<String> {
        let parts =
            self.deliveries.iter().flat_map(|(delivery, book)| book.tables.iter().map(move |part| (delivery, part)));
        let found: BTreeSet<String> = parts
            .filter(|(delivery, part)| {
                (&delivery.collection, &part.table) == (&table.0, &table.1) && part.rows_accepted > 0
            })
            .map(|(delivery, part)| period_of(delivery, part))
            .collect();
        found.into_iter().collect()
    }

    /// What is left of the deliveries after some cuts.
    fn without(&self, cuts: &[&Cut]) -> Vec<(Delivery, Book)> {
        let mut left = self.deliveries.clone();
        for cut in cuts {
            for (delivery, book) in &mut left {
                if cut.is_empty {
                    for part in book.tables.iter_mut().filter(|part| cut.takes(delivery, part)) {
                        (part.conformed, part.quarantine, part.refused_rows, part.lines) = (None, None, None, None);
                        (part.rows_read, part.rows_accepted, part.rows_quarantined) = (0, 0, 0);
                        part.rows_skipped.clear();
                    }
                } else {
                    book.tables.retain(|part| !cut.takes(delivery, part));
                }
            }
        }
        left.retain(|(_, book)| !book.tables.is_empty());
        left
    }

    /// The KPIs with a table behind them that is cut.
    fn touched(&self, cut: &Cut) -> BTreeSet<&str> {
        let is_behind = |kpi: &&Kpi| !self.behind(kpi).is_disjoint(&cut.tables);
        self.kpis.iter().filter(is_behind).map(|kpi| kpi.id.as_str()).collect()
    }

    /// Cuts that no KPI has two of behind it are made together: a generation less to build for each.
    fn together<'c>(&self, cuts: &'c [Cut]) -> Vec<Vec<&'c Cut>> {
        let mut groups: Vec<(BTreeSet<&str>, Vec<&Cut>)> = Vec::new();
        for cut in cuts {
            let touched = self.touched(cut);
            match groups.iter_mut().find(|(others, _)| others.is_disjoint(&touched)) {
                Some((all, group)) => {
                    all.extend(touched);
                    group.push(cut);
                }
                None => groups.push((touched, vec![cut])),
            }
        }
        groups.into_iter().map(|(_, group)| group).collect()
    }

    /// The values of the local KPIs that can be told of some deliveries.
    fn values(&self, deliveries: &[(Delivery, Book)]) -> Values {
        let number = self.builds.fetch_add(1, Ordering::Relaxed);
        let run_id = format!("cut_{number}");
        let now: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
        let input = BuildInput {
            place: &self.place,
            definitions: &self.definitions,
            deliveries,
            not_counted: &NotCounted::default(),
            as_of: self.as_of,
            known_at: now,
            fingerprint: "none",
            run_id: &run_id,
            generation: 1,
            built_at: now,
            limits: EngineLimits { threads: 1, megabytes: 1024, seconds: 900 },
        };
        let file = build(&input, &|_, _, _| ()).unwrap();
        let values = read(&file, &self.kpis);
        fs::remove_dir_all(self.place.staging(&run_id)).unwrap();
        values
    }
}

/// Tables of returns behind a KPI.
fn tables_behind(definitions: &Definitions, kpi: &Kpi) -> BTreeSet<Table> {
    let named = kpi.reads.iter().flat_map(|mart| definitions.returns_behind(mart));
    let needed = kpi.needs.iter().flat_map(|need| {
        need.any_of().into_iter().map(|(collection, table)| format!("{collection}.{table}")).collect::<Vec<_>>()
    });
    named
        .chain(needed)
        .filter(|name| !NOT_OF_THE_COUNTY.contains(&name.as_str()))
        .map(|name| name.split_once('.').map(|(collection, table)| (collection.to_owned(), table.to_owned())).unwrap())
        .filter(|(collection, _)| definitions.collections[collection].runs)
        .collect()
}

/// Every term of three years has its audits: the county that is invented has too few plans for so many.
fn add_audits(county: &Path, config: &Path) {
    let mut written = fs::read_to_string(config).unwrap();
    let terms = [
        ("2024-01-15", ["2023-10-02", "2023-12-04"]),
        ("2024-04-15", ["2024-01-15", "2024-03-04"]),
        ("2024-09-16", ["2024-05-06", "2024-07-01"]),
        ("2025-01-14", ["2024-10-07", "2024-12-02"]),
        ("2025-05-05", ["2025-01-13", "2025-03-03"]),
        ("2025-09-15", ["2025-05-12", "2025-07-07"]),
        ("2026-01-14", ["2025-10-06", "2025-12-01"]),
        ("2026-04-20", ["2026-01-12", "2026-03-02"]),
        ("2026-09-14", ["2026-05-11", "2026-07-06"]),
    ];
    let sources: Vec<&str> =
        written.split("\n[[source]]\n").filter(|source| !source.contains("collection = \"ehcp_audit\"")).collect();
    written = sources.join("\n[[source]]\n");
    if !written.contains("\"ehcp_audit\"") {
        written = written.replacen("\"exclusions\"", "\"ehcp_audit\", \"exclusions\"", 1);
    }
    let mut number = 0;
    for (received, days) in terms {
        let folder = county.join("inbox/ehcp_audit").join(format!("{received}_by_hand"));
        fs::create_dir_all(&folder).unwrap();
        let mut workbook = Workbook::new();
        let page = workbook.add_worksheet().set_name("ehcp_audit").unwrap();
        let sections: Vec<String> = ('a'..='k').map(|letter| format!("section_{letter}")).collect();
        let head =
            ["audit_id", "plan_id", "audit_date", "auditor", "agency", "tool_version"].into_iter().map(str::to_owned);
        let rest = [
            "golden_thread",
            "voice",
            "health_quality",
            "care_quality",
            "overall",
            "moderated",
            "second_auditor_overall",
        ];
        page.write_row(0, 0, head.chain(sections).chain(rest.map(str::to_owned))).unwrap();
        for (row, day) in (1_u32..).zip(days) {
            number += 1;
            let overall = ["G", "R", "O", "I"][number % 4];
            let mut cells = vec![
                format!("A{number}"),
                format!("P{number}"),
                day.to_owned(),
                "Auditor 1".to_owned(),
                "LA".to_owned(),
                "2.1".to_owned(),
            ];
            cells.extend(std::iter::repeat_n("3".to_owned(), 15));
            cells.extend([overall.to_owned(), "Yes".to_owned(), "G".to_owned()]);
            page.write_row(row, 0, cells).unwrap();
        }
        workbook.save(folder.join("audits.xlsx")).unwrap();
        written += &format!(
            "\n[[source]]\ncollection = \"ehcp_audit\"\nfolder.path = \"{}\"\nreceived = \"{received}\"\n",
            folder.display()
        );
    }
    fs::write(config, written).unwrap();
}

/// The calendar of the place, and before it one that lacks a term: that one stands where the whole one is taken away.
fn add_calendar_without_a_term(county: &Path, config: &Path) {
    let whole = fs::read_to_string(checkout().join("config/calendar.csv")).unwrap();
    let cut: String = whole.split_inclusive('\n').filter(|line| !line.contains(",2024/25,spring,")).collect();
    assert!(cut.lines().count() + 80 < whole.lines().count());
    let mut written = fs::read_to_string(config).unwrap();
    for (received, text) in [("2024-08-01", &cut), ("2024-09-01", &whole)] {
        let folder = county.join("inbox/calendar").join(received);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("calendar.csv"), text).unwrap();
        written += &format!(
            "\n[[source]]\ncollection = \"calendar\"\nfolder.path = \"{}\"\nreceived = \"{received}\"\n",
            folder.display()
        );
    }
    fs::write(config, written).unwrap();
}

/// The values of the KPIs' own years.
fn read(file: &Path, kpis: &[Kpi]) -> Values {
    let own: BTreeMap<&str, &str> =
        kpis.iter().map(|kpi| (kpi.id.as_str(), kpi.period_kind.expect("a local KPI has a kind").as_str())).collect();
    let connection = duckdb::Connection::open(file).unwrap();
    let sql = "SELECT kpi_id, period, geography_level, geography_code, breakdown, numerator, denominator, reason, mark, period_kind FROM kpi.value WHERE basis = 'local'";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| {
        let breakdown: Option<String> = row.get(4)?;
        let told = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        let breakdown =
            breakdown.unwrap_or_else(|| panic!("a value without a breakdown: {told:?} in {}", file.display()));
        let key: Key = (told.0, told.1, told.2, told.3, breakdown);
        let (numerator, denominator): (Option<f64>, Option<f64>) = (row.get(5)?, row.get(6)?);
        let reason: Option<String> = row.get(7)?;
        let kind: Option<String> = row.get(9)?;
        let parts = numerator.filter(|_| reason.is_none()).map(|numerator| (numerator, denominator));
        Ok((kind, key, Told { parts, reason, mark: row.get(8)? }))
    });
    rows.unwrap()
        .map(Result::unwrap)
        .filter(|(kind, key, _)| kind.as_deref().is_none_or(|kind| own[key.0.as_str()] == kind))
        .map(|(_, key, told)| (key, told))
        .collect()
}

/// The values of some KPIs.
fn of(kpis: &BTreeSet<&str>, values: &Values) -> Values {
    values
        .iter()
        .filter(|(key, _)| kpis.contains(key.0.as_str()))
        .map(|(key, told)| (key.clone(), told.clone()))
        .collect()
}

fn same(one: (f64, Option<f64>), other: (f64, Option<f64>)) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(1.0);
    near(one.0, other.0)
        && match (one.1, other.1) {
            (Some(one), Some(other)) => near(one, other),
            (one, other) => one == other,
        }
}

/// What changed in silence.
fn silent(whole: &Values, cut: &Values) -> Vec<String> {
    // KPI, period and place of each row that says what it did not say.
    let said: BTreeSet<(&str, &str, &str, &str)> = cut
        .iter()
        .filter(|(key, told)| {
            told.mark.is_some()
                && whole.get(*key).is_none_or(|before| (&before.mark, &before.reason) != (&told.mark, &told.reason))
        })
        .map(|(key, _)| (key.0.as_str(), key.1.as_str(), key.2.as_str(), key.3.as_str()))
        .collect();
    let says = |key: &Key, level: &str| {
        said.iter().any(|(kpi, period, of_level, code)| {
            (*kpi, *period, *of_level) == (&key.0, &key.1, level)
                && (level != key.2 || level == "authority" || *code == key.3)
        })
    };
    let of_schools_alone = |key: &Key| {
        !whole.keys().chain(cut.keys()).any(|other| (&other.0, &other.1) == (&key.0, &key.1) && other.2 == "authority")
    };
    // A school's figures that stand under another of its numbers, which has a mark.
    let has_moved = |key: &Key, before: (f64, Option<f64>)| {
        cut.iter().any(|(other, told)| {
            (&other.0, &other.1, other.2.as_str()) == (&key.0, &key.1, "school")
                && !whole.contains_key(other)
                && told.mark.is_some()
                && told.parts.is_some_and(|parts| same(parts, before))
        })
    };
    let mut found = Vec::new();
    for (key, before) in whole {
        let Some(parts) = before.parts else { continue };
        match cut.get(key) {
            None => {
                // Of a school, the authority's row may say it; a KPI of schools alone, the others of the year.
                let is_said = says(key, &key.2)
                    || (key.2 == "school"
                        && (says(key, "authority")
                            || has_moved(key, parts)
                            || (of_schools_alone(key)
                                && said.iter().any(|(kpi, period, ..)| (*kpi, *period) == (&key.0, &key.1)))));
                if !is_said {
                    found.push(format!("{key:?} is gone: it was {before:?}"));
                }
            }
            Some(after) => {
                let is_equal = after.parts.is_some_and(|after| same(after, parts));
                let is_said = after.mark.is_some() && (after.reason.is_some() || after.mark != before.mark);
                if !is_equal && !is_said {
                    found.push(format!("{key:?} was {before:?}, and is {after:?}"));
                }
            }
        }
    }
    for (key, after) in cut {
        let is_new = whole.get(key).is_none_or(|before| before.parts.is_none());
        if is_new && after.parts.is_some() && after.mark.is_none() {
            found.push(format!("{key:?} had no value, and is {after:?}"));
        }
    }
    found
}

/// Each table absent and empty, and absent in a term, month or year; and each return of a census or of SEN2 as a whole.
fn cuts(county: &County) -> Vec<Cut> {
    let tables: BTreeSet<Table> = county.kpis.iter().flat_map(|kpi| county.behind(kpi)).cloned().collect();
    let mut cuts = Vec::new();
    for table in &tables {
        let one = BTreeSet::from([table.clone()]);
        let periods = county.periods(table);
        assert!(!periods.is_empty(), "the county has nothing of {table:?}");
        let middle = (periods.len() > 1).then(|| periods[periods.len() / 2].clone());
        cuts.extend([false, true].map(|is_empty| Cut { tables: one.clone(), period: None, is_empty }));
        cuts.extend(middle.map(|period| Cut { tables: one.clone(), period: Some(period), is_empty: false }));
    }
    for collection in ["school_census", "sen2"] {
        let of: BTreeSet<Table> = tables.iter().filter(|table| table.0 == collection).cloned().collect();
        let whole = Cut { tables: of.clone(), period: None, is_empty: false };
        let periods: BTreeSet<String> = of.iter().flat_map(|table| county.periods(table)).collect();
        cuts.extend(periods.into_iter().map(|period| Cut { period: Some(period), ..whole.clone() }));
        cuts.push(whole);
    }
    // What one of several tables would do for a KPI: all of them.
    for need in county.kpis.iter().flat_map(|kpi| &kpi.needs) {
        let any_of: BTreeSet<Table> =
            need.any_of().into_iter().map(|(collection, table)| (collection.to_owned(), table.to_owned())).collect();
        if any_of.len() > 1 && !cuts.iter().any(|cut| cut.tables == any_of) {
            cuts.extend([false, true].map(|is_empty| Cut { tables: any_of.clone(), period: None, is_empty }));
        }
    }
    cuts
}

#[test]
fn no_number_changes_in_silence_where_a_source_is_absent_empty_or_cut() {
    let county = County::new();
    let whole = county.values(&county.deliveries);
    let with = |is: &dyn Fn(&Told) -> bool| -> BTreeSet<&str> {
        whole.iter().filter(|(_, told)| told.parts.is_some() && is(told)).map(|(key, _)| key.0.as_str()).collect()
    };
    let ids: BTreeSet<&str> = county.kpis.iter().map(|kpi| kpi.id.as_str()).collect();
    let (valued, bare) = (with(&|_| true), with(&|told| told.mark.is_none()));
    assert_eq!(
        ids.difference(&valued).collect::<Vec<_>>(),
        Vec::<&&str>::new(),
        "KPIs of which the county has no value"
    );
    assert_eq!(ids.difference(&bare).copied().collect::<Vec<_>>(), ALWAYS_MARKED, "KPIs without a bare value");
    let mut cuts = cuts(&county);
    let asked = std::env::var(CUTS).ok();
    if let Some(asked) = &asked {
        cuts.retain(|cut| asked.split(',').any(|part| cut.name().contains(part)));
    }
    let groups = county.together(&cuts);
    let told: Mutex<BTreeMap<String, Values>> = Mutex::default();
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(group) = groups.get(next.fetch_add(1, Ordering::Relaxed)) {
            let values = county.values(&county.without(group));
            for cut in group {
                told.lock().unwrap().insert(cut.name(), of(&county.touched(cut), &values));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(work);
        }
        work();
    });
    let told = told.into_inner().unwrap();
    let mut found = Vec::new();
    for cut in &cuts {
        let before = of(&county.touched(cut), &whole);
        found.extend(silent(&before, &told[&cut.name()]).into_iter().map(|what| format!("{}: {what}", cut.name())));
    }
    assert!(
        found.is_empty(),
        "{} in silence, {} cuts in {} generations: {:#?}",
        found.len(),
        cuts.len(),
        groups.len(),
        &found[..found.len().min(40)]
    );

    if asked.is_some() {
        return;
    }
    // Without what it needs a KPI has no value, and names it; and every table behind it was cut.
    for kpi in &county.kpis {
        for need in &kpi.needs {
            let any_of: BTreeSet<Table> = need
                .any_of()
                .into_iter()
                .map(|(collection, table)| (collection.to_owned(), table.to_owned()))
                .collect();
            for is_empty in [false, true] {
                let cut = Cut { tables: any_of.clone(), period: None, is_empty };
                let values = told[&cut.name()].iter().filter(|(key, _)| key.0 == kpi.id).map(|(_, told)| told);
                let values: Vec<&Told> = values.collect();
                let names = |told: &Told| {
                    told.mark.as_ref().is_some_and(|mark| {
                        mark.contains(&format!("no source: {}", need.to_string().replace('|', "or")))
                    })
                };
                assert!(
                    !values.is_empty() && values.iter().all(|told| told.parts.is_none() && names(told)),
                    "{} without {}: {values:#?}",
                    kpi.id,
                    cut.name()
                );
            }
        }
        for table in county.behind(kpi) {
            let one = BTreeSet::from([table.clone()]);
            let of = cuts.iter().filter(|cut| cut.tables == one).count();
            assert!(of >= 2, "{}: {one:?} was cut {of} times", kpi.id);
        }
    }
}

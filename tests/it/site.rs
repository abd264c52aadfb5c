use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use regex::Regex;
use sendmart::pack::{BoardFigure, BoardKpi, BoardPages, CollectionBook, FaultCount, LateReturn, pages, period_words};
use serde_json::Value;

use crate::{checkout, link_definitions, place, sendmart};

/// An invented county that has been read, for all tests of this file.
struct County {
    _keep: tempfile::TempDir,
    root: PathBuf,
    config: String,
}

fn invented(without: &[&str]) -> County {
    let keep = tempfile::tempdir().unwrap();
    let root = keep.path().join("place");
    fs::create_dir(&root).unwrap();
    link_definitions(&root);
    let folder = keep.path().join("county");
    let out = folder.display().to_string();
    let (code, _, err) = sendmart(
        &root,
        &["sample", "--out", &out, "--schools", "12", "--pupils", "1100", "--years", "3", "--seed", "15"],
    );
    assert_eq!(code, 0, "{err}");
    let config = folder.join("sample.toml");
    let text = fs::read_to_string(&config).unwrap();
    let kept: Vec<&str> =
        text.split("\n[[source]]\n").filter(|part| !without.iter().any(|one| part.contains(one))).collect();
    fs::write(&config, kept.join("\n[[source]]\n")).unwrap();
    let config = config.display().to_string();
    let (code, out, err) = sendmart(&root, &["--config", &config, "run"]);
    assert_eq!(code, 0, "{out}{err}");
    County { _keep: keep, root, config }
}

fn county() -> &'static County {
    static COUNTY: OnceLock<County> = OnceLock::new();
    COUNTY.get_or_init(|| invented(&[]))
}

impl County {
    fn ask(&self, sql: &str) -> Vec<Value> {
        let (code, out, err) = sendmart(&self.root, &["--config", &self.config, "--json", "query", sql]);
        assert_eq!(code, 0, "{sql}\n{err}");
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Writes the pages; gives them by name.
    fn site(&self, folder: &Path) -> BTreeMap<String, String> {
        let out = folder.display().to_string();
        let (code, said, err) = sendmart(&self.root, &["--config", &self.config, "site", "--out", &out]);
        assert_eq!(code, 0, "{said}{err}");
        assert!(said.contains(" pages with ") && said.contains("index.html"), "{said}");
        read(folder)
    }
}

fn read(folder: &Path) -> BTreeMap<String, String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names
        .filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "html"))
        .map(|name| (name.clone(), fs::read_to_string(folder.join(&name)).unwrap()))
        .collect()
}

pub(crate) fn text(row: &Value, name: &str) -> String {
    row[name].as_str().unwrap_or_default().to_owned()
}

/// What a reader sees of a piece of a page.
pub(crate) fn seen(html: &str) -> String {
    let bare = Regex::new("<[^>]*>").unwrap().replace_all(html, "");
    let plain = bare.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A number as it is printed; none for a symbol.
pub(crate) fn number(cell: &str) -> Option<f64> {
    let first = cell.split(' ').next().unwrap_or_default();
    first.replace(',', "").replace('\u{2212}', "-").parse().ok()
}

/// The tables of a page by id, each as rows of cells with the attributes of their heads.
pub(crate) fn tables(html: &str) -> BTreeMap<String, Vec<Vec<(String, String)>>> {
    let table = Regex::new(r#"(?s)<table id="([^"]+)">(.*?)</table>"#).unwrap();
    let row = Regex::new("(?s)<tr[^>]*>(.*?)</tr>").unwrap();
    let cell = Regex::new("(?s)<t[hd]([^>]*)>(.*?)</t[hd]>").unwrap();
    let named = Regex::new(r#"data-(?:period|row)="([^"]*)""#).unwrap();
    let of_cell = |attributes: &str, html: &str| {
        let name = named.captures(attributes).map_or_else(String::new, |found| found[1].to_owned());
        (name, seen(html))
    };
    let of_row = |html: &str| cell.captures_iter(html).map(|found| of_cell(&found[1], &found[2])).collect();
    let of_table = |html: &str| row.captures_iter(html).map(|found| of_row(&found[1])).collect();
    table.captures_iter(html).map(|found| (found[1].to_owned(), of_table(&found[2]))).collect()
}

/// Every figure of every period, group and school stands on the page of its KPI as `kpi.value` has it, and no other does.
#[test]
fn every_figure_is_that_of_the_generation() {
    let county = county();
    let keep = tempfile::tempdir().unwrap();
    let pages = county.site(&keep.path().join("board"));
    assert!(pages.values().map(String::len).sum::<usize>() < 5_000_000);
    let values = county.ask(
        "SELECT value.*, kpi.period_kind AS own, kpi.unit FROM kpi.value AS value INNER JOIN meta.kpi AS kpi ON kpi.kpi_id = value.kpi_id AND kpi.basis = value.basis",
    );
    let (mut compared, mut ranked) = (0, 0);
    let ids: BTreeSet<String> = values.iter().map(|row| text(row, "kpi_id")).collect();
    assert!(ids.len() > 60, "{}", ids.len());
    for id in &ids {
        let tables = tables(&pages[&format!("kpi-{id}.html")]);
        let of_kpi = || values.iter().filter(|row| text(row, "kpi_id") == *id);
        // Totals of the place, in whatever table their kind of period has.
        let mut told: BTreeMap<&str, &[(String, String)]> = BTreeMap::new();
        for (name, rows) in &tables {
            if ["groups", "schools", "compared"].iter().any(|other| name.ends_with(other)) {
                continue;
            }
            // A ranking tells schools of one period, under their numbers: its figures are those of the generation too.
            if name.contains("-ranking-") {
                for row in &rows[1..] {
                    let told = number(&row[1].1);
                    let is_there = of_kpi()
                        .filter(|of| text(of, "geography_code") == row[0].0 && text(of, "breakdown") == "total")
                        .any(|of| of["value"].as_f64() == told);
                    assert!(is_there, "{name} {row:?}");
                    ranked += 1;
                }
                continue;
            }
            for row in &rows[1..] {
                assert!(told.insert(&row[0].0, &row[1..]).is_none(), "{id} {} twice", row[0].0);
                assert_eq!(row[0].1, period_words(&row[0].0));
            }
        }
        let totals: Vec<&Value> = of_kpi()
            .filter(|row| text(row, "breakdown") == "total" && text(row, "geography_level") == "authority")
            .collect();
        assert_eq!(told.len(), totals.len(), "{id}");
        for row in totals {
            let cells = told[text(row, "period").as_str()];
            assert_eq!(number(&cells[0].1), row["value"].as_f64(), "{id} {row}");
            assert!(row["value"].is_f64() || cells[0].1.starts_with('['), "{id} {row}");
            if !["count", "fte"].contains(&text(row, "unit").as_str()) {
                for (cell, part) in cells[1..].iter().zip(["numerator", "denominator"]) {
                    let is_same = match (number(&cell.1), row[part].as_f64()) {
                        (Some(one), Some(other)) => (one - other).abs() < 1e-6,
                        (one, other) => one.is_none() && other.is_none(),
                    };
                    assert!(is_same, "{id} {part} {row}");
                }
            }
            compared += 1;
        }
        // Groups and schools in the newest four periods.
        for (part, level) in [("groups", "authority"), ("schools", "school")] {
            let rows: Vec<&Value> = of_kpi()
                .filter(|row| text(row, "geography_level") == level && row["own"] == row["period_kind"])
                .filter(|row| (text(row, "breakdown") == "total") == (level == "school"))
                .collect();
            let periods: BTreeSet<String> = rows.iter().map(|row| text(row, "period")).collect();
            let newest: BTreeSet<String> = periods.into_iter().rev().take(4).collect();
            let Some(table) = tables.get(&format!("{id}-{part}")) else {
                assert!(rows.is_empty(), "{id} {part}");
                continue;
            };
            let mut found = BTreeMap::new();
            for row in &table[1..] {
                for (head, cell) in table[0].iter().zip(row).skip(1).filter(|(_, cell)| cell.1 != "–") {
                    found.insert((row[0].0.clone(), head.0.clone()), number(&cell.1));
                }
            }
            let column = if level == "school" { "geography_code" } else { "breakdown" };
            let want: BTreeMap<(String, String), Option<f64>> = rows
                .iter()
                .filter(|row| newest.contains(&text(row, "period")))
                .map(|row| ((text(row, column), text(row, "period")), row["value"].as_f64()))
                .collect();
            compared += want.len();
            assert_eq!(found, want, "{id} {part}");
        }
    }
    assert!(compared > 3_500 && ranked > 20, "{compared} {ranked}");
    // And the front page has the newest figure of each.
    let row = Regex::new(r#"(?s)<tr data-kpi="([^"]+)">(.*?)</tr>"#).unwrap();
    let cell = Regex::new(r#"(?s)<td[^>]*?(?:data-period="([^"]*)")?>(.*?)</td>"#).unwrap();
    let mut fronted = 0;
    for found in row.captures_iter(&pages["index.html"]) {
        let cells: Vec<(String, String)> = cell
            .captures_iter(&found[2])
            .map(|cell| {
                (cell.get(1).map_or_else(String::new, |of| of.as_str().to_owned()), seen(&cell[2].replace("<br>", " ")))
            })
            .collect();
        let of = values.iter().find(|row| {
            text(row, "kpi_id") == found[1]
                && text(row, "period") == cells[1].0
                && text(row, "breakdown") == "total"
                && text(row, "geography_level") == "authority"
        });
        let Some(of) = of else { continue };
        assert_eq!(number(&cells[0].1), of["value"].as_f64(), "{}", &found[1]);
        fronted += 1;
    }
    let with_total: BTreeSet<String> = values
        .iter()
        .filter(|row| text(row, "breakdown") == "total" && text(row, "geography_level") == "authority")
        .map(|row| text(row, "kpi_id"))
        .collect();
    assert_eq!(fronted, with_total.len());
}

/// A figure as a sentence says it: to the decimals that it was rounded to, two at most.
fn in_words(value: f64, places: usize) -> (String, f64) {
    let shown = format!("{value:.places$}");
    let parsed = shown.parse().unwrap();
    let (whole, decimals) =
        shown.split_once('.').map_or((shown.as_str(), String::new()), |(whole, rest)| (whole, format!(".{rest}")));
    let digits: Vec<char> = whole.chars().collect();
    let grouped: String = digits
        .iter()
        .enumerate()
        .map(
            |(at, digit)| {
                if at > 0 && (digits.len() - at).is_multiple_of(3) { format!(",{digit}") } else { digit.to_string() }
            },
        )
        .collect();
    (format!("{grouped}{decimals}"), parsed)
}

/// The sentence of each KPI says the newest figure, that of a year before by `mart.dim_period`, their difference, which way is better, and
/// every mark of it: all reckoned here anew.
#[test]
fn sentences_follow_from_the_values() {
    let county = county();
    let keep = tempfile::tempdir().unwrap();
    let pages = county.site(&keep.path().join("board"));
    let rows = county.ask(
        "SELECT value.kpi_id, value.period_kind, value.period, value.value, value.mark, value.maturity, span.year_before, kpi.period_kind AS own, kpi.polarity, \
         kpi.unit, kpi.rounding, kpi.definition FROM kpi.value AS value INNER JOIN meta.kpi AS kpi ON kpi.kpi_id = value.kpi_id AND kpi.basis = value.basis \
         LEFT JOIN mart.dim_period AS span ON span.period_kind = value.period_kind AND span.period = value.period \
         WHERE value.breakdown = 'total' AND value.geography_level = 'authority' ORDER BY value.kpi_id, value.period_kind, value.period_start",
    );
    let mut of_kpi: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for row in &rows {
        of_kpi.entry(text(row, "kpi_id")).or_default().push(row);
    }
    let message = Regex::new(r#"(?s)<p class="message">(.*?)</p>(?:<p class="known">(.*?)</p>)?"#).unwrap();
    let day = Regex::new(r"\d{4}-\d{2}-\d{2}").unwrap();
    let decimals = Regex::new(r"to (\d+) decimal").unwrap();
    let (mut compared, mut marked) = (0, 0);
    for (id, rows) in &of_kpi {
        let found = message.captures(&pages[&format!("kpi-{id}.html")]).unwrap();
        let said = seen(&found[1]);
        let known = found.get(2).map_or_else(String::new, |known| seen(known.as_str()));
        let definition: Value = serde_json::from_str(&text(rows[0], "definition")).unwrap();
        let is_stock = definition["series"]["stock"] == Value::Bool(true);
        let kinds = [if is_stock { "month" } else { "rolling_12_months" }.to_owned(), text(rows[0], "own")];
        let newest = kinds
            .iter()
            .find_map(|kind| rows.iter().rfind(|row| text(row, "period_kind") == *kind && row["value"].is_f64()));
        let Some(newest) = newest else {
            assert!(said.contains("there is no figure"), "{id}: {said}");
            continue;
        };
        let places = text(newest, "rounding");
        let places = decimals.captures(&places).map_or(0, |found| found[1].parse::<usize>().unwrap());
        let is_plain = ["count", "fte"].contains(&text(newest, "unit").as_str());
        let now = newest["value"].as_f64().unwrap();
        let places = if is_plain { format!("{now}").split_once('.').map_or(0, |(_, rest)| rest.len()) } else { places };
        let (words, now) = in_words(now, places.min(2));
        assert!(said.contains(&format!(": {words}")), "{id}: {words} in {said}");
        assert!(said.contains(&period_words(&text(newest, "period"))), "{id}: {said}");
        let before = rows
            .iter()
            .find(|row| row["period_kind"] == newest["period_kind"] && row["period"] == newest["year_before"]);
        if let Some(then) = before.and_then(|before| before["value"].as_f64()) {
            let (was, then) = in_words(then, places.min(2));
            let moved = now - then;
            let polarity = text(newest, "polarity");
            if moved.abs() < 0.5 * 10_f64.powi(-i32::try_from(places.min(2)).unwrap()) {
                assert!(said.contains(", as ") && !said.contains("which is"), "{id}: {said}");
            } else {
                let way = if moved > 0.0 { "up" } else { "down" };
                let (size, _) = in_words(moved.abs(), places.min(2));
                assert!(said.contains(&format!(", {way} {size}")), "{id}: {way} {size} in {said}");
                assert!(said.contains(&format!(" from {was}")), "{id}: {was} in {said}");
                let want = match (polarity.as_str(), moved > 0.0) {
                    ("none", _) => None,
                    ("high", true) | ("low", false) => Some("which is better"),
                    _ => Some("which is worse"),
                };
                assert_eq!(want.is_some_and(|want| said.contains(want)), want.is_some(), "{id}: {said}");
                assert!(want.is_some() || !said.contains("which is"), "{id}: {said}");
            }
            compared += 1;
        } else {
            assert!(
                said.contains("no figure of a year before") || said.contains("nothing to compare it with"),
                "{id}: {said}"
            );
        }
        for part in text(newest, "mark").split("; ").filter(|part| !part.is_empty()) {
            let (kind, rest) = part.split_once(": ").unwrap();
            assert!(known.to_lowercase().contains(kind), "{id}: {part} in {known}");
            assert!(day.is_match(rest) || known.contains(rest), "{id}: {rest} in {known}");
            marked += 1;
        }
        let maturity = text(newest, "maturity");
        assert!(maturity == "final" || known.to_lowercase().contains(&maturity), "{id}: {maturity} in {known}");
    }
    assert!(compared > 40 && marked > 10, "{compared} {marked}");
}

/// What every page owes to whoever opens it, whatever opens it.
pub(crate) fn is_sound(pages: &BTreeMap<String, String>) {
    is_sound_as("Restricted edition", pages);
}

/// The same of pages that say of themselves which edition they are.
pub(crate) fn is_sound_as(edition: &str, pages: &BTreeMap<String, String>) {
    let id = Regex::new(r#" id="([^"]*)""#).unwrap();
    let ids: BTreeMap<&str, BTreeSet<&str>> = pages
        .iter()
        .map(|(name, html)| {
            let all: Vec<&str> = id.captures_iter(html).map(|found| found.get(1).unwrap().as_str()).collect();
            let once: BTreeSet<&str> = all.iter().copied().collect();
            assert_eq!(all.len(), once.len(), "{name} has an id twice");
            (name.as_str(), once)
        })
        .collect();
    let href = Regex::new(r#"href="([^"]*)""#).unwrap();
    let heads = Regex::new("<th[ >]").unwrap();
    let day = Regex::new(r"\b\d{4}-\d{2}-\d{2}\b").unwrap();
    let files = Regex::new("(?s)<code>.*?</code>|<dd>received on .*?</dd>|<td>[^<]*\\.(?:csv|xlsx)</td>").unwrap();
    let labelled = Regex::new(r#"aria-labelledby="([^"]*)""#).unwrap();
    for (name, html) in pages {
        for found in href.captures_iter(html) {
            let (file, anchor) = found[1].split_once('#').unwrap_or((&found[1], ""));
            let file = if file.is_empty() { name } else { file };
            let there = ids.get(file).unwrap_or_else(|| panic!("{name} leads to {file}, which is not there"));
            assert!(anchor.is_empty() || there.contains(anchor), "{name} leads to {file}#{anchor}");
        }
        for found in labelled.captures_iter(html) {
            assert!(ids[name.as_str()].contains(&found[1]), "{name}: {}", &found[1]);
        }
        for forbidden in ["http:", "https:", "src=", "<script", "url(", "@import", "<iframe", "<link", "onload"] {
            assert!(!html.contains(forbidden), "{name} has {forbidden}");
        }
        for (needed, times) in
            [("<main ", 1), ("<nav ", 1), ("<h1>", 1), ("<html lang=\"en-GB\">", 1), ("class=\"skip\"", 1)]
        {
            assert_eq!(html.matches(needed).count(), times, "{name}: {needed}");
        }
        assert_eq!(html.matches(edition).count(), 2, "{name}");
        assert_eq!(html.matches("<table").count(), html.matches("<caption").count(), "{name}");
        assert_eq!(html.matches("<table").count(), html.matches("role=\"region\"").count(), "{name}");
        assert_eq!(html.matches("<svg").count(), html.matches("aria-hidden=\"true\"").count(), "{name}");
        assert_eq!(html.matches("<svg").count(), html.matches("Description of figure").count(), "{name}");
        assert_eq!(heads.find_iter(html).count(), html.matches("<th scope=").count(), "{name}");
        let without_files = files.replace_all(html, "");
        assert!(day.find(&seen(&without_files)).is_none(), "{name}: {:?}", day.find(&seen(&without_files)));
    }
}

#[test]
fn pages_are_sound_the_same_twice_and_never_over_other_files() {
    let county = county();
    let keep = tempfile::tempdir().unwrap();
    let (one, other) = (keep.path().join("one"), keep.path().join("deep/other"));
    let pages = county.site(&one);
    is_sound(&pages);
    assert!(pages["index.html"].contains("the SEN2 return of 2027 did not come"), "what is missing is said");
    assert_eq!(pages, county.site(&other), "two folders, the same bytes");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&one), mode(&one.join("index.html"))), (0o700, 0o600));
    // An earlier one is replaced whole.
    fs::write(one.join("index.html"), "old").unwrap();
    assert_eq!(pages, county.site(&one));
    assert_eq!(fs::read_dir(keep.path()).unwrap().count(), 2, "nothing is left beside it");
    // A folder with anything of somebody else's stays as it is.
    fs::write(one.join("minutes.docx"), "theirs").unwrap();
    let out = one.display().to_string();
    let (code, _, err) = sendmart(&county.root, &["--config", &county.config, "site", "--out", &out]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("pack::not_ours") && err.contains("`minutes.docx`"), "{err}");
    assert_eq!(fs::read_to_string(one.join("minutes.docx")).unwrap(), "theirs");
}

/// Names that people wrote are text, whatever they look like.
#[test]
fn a_hostile_name_is_text() {
    let definitions = sendmart::definitions::load(checkout(), None).unwrap();
    let kpi = definitions.kpis.iter().find(|kpi| kpi.id == "suspension_rate").unwrap();
    let hostile = "\"><script>alert(1)</script><img src=x onerror=alert(1)>&amp;'";
    let figure = |level: &str, breakdown: &str, period: &str| BoardFigure {
        kind: "academic_year".to_owned(),
        period: period.to_owned(),
        level: level.to_owned(),
        code: hostile.to_owned(),
        name: hostile.to_owned(),
        breakdown: breakdown.to_owned(),
        value: Some(1.5),
        mark: Some(format!("partial: {hostile}")),
        newest_file: Some(hostile.to_owned()),
        passport: BTreeMap::from([
            ("newest_received", "2026-11-27 00:00:00".to_owned()),
            ("returners", hostile.to_owned()),
        ]),
        ..BoardFigure::default()
    };
    let figures = vec![
        figure("authority", "total", "2024/25"),
        figure("authority", "total", hostile),
        figure("authority", hostile, "2024/25"),
        figure("school", "total", "2024/25"),
    ];
    let of = BoardKpi {
        kpi,
        place: hostile.to_owned(),
        code: hostile.to_owned(),
        figures,
        left_out: 0,
        lacking: Vec::new(),
        compared: Vec::new(),
        rebases: Vec::new(),
    };
    let day = "2026-11-27".parse().unwrap();
    let late =
        LateReturn { subject: hostile.to_owned(), who: hostile.to_owned(), period: hostile.to_owned(), last: None };
    let all = BoardPages {
        is_public: false,
        place: hostile.to_owned(),
        code: hostile.to_owned(),
        as_of: day,
        built: day,
        generation: "1".to_owned(),
        fingerprint: hostile.to_owned(),
        program: hostile.to_owned(),
        kpis: vec![of],
        held: Vec::new(),
        missing: Vec::new(),
        late: vec![late],
        books: vec![CollectionBook {
            collection: hostile.to_owned(),
            newest_file: hostile.to_owned(),
            ..CollectionBook::default()
        }],
        faults: vec![FaultCount { supplier: hostile.to_owned(), collection: hostile.to_owned(), faults: [1, 0, 0] }],
    };
    for page in pages(&all) {
        assert!(page.html.contains("&lt;script&gt;"), "{}", page.file);
        for raw in ["<script", "<img", "\"><"] {
            let css_free = page.html.split("</style>").nth(1).unwrap();
            assert!(raw == "\"><" || !css_free.contains(raw), "{} has {raw}", page.file);
        }
        assert!(!page.html.contains("=\"\"><script"), "{}", page.file);
    }
}

/// A return that never came leaves pages that say so, and no nought.
#[test]
fn without_returns_the_pages_say_why() {
    let county = invented(&["inbox/sen2/", "inbox/ehcp_cases/"]);
    let keep = tempfile::tempdir().unwrap();
    let pages = county.site(&keep.path().join("board"));
    is_sound(&pages);
    let page = seen(pages["kpi-ehcp_20_week.html"].split("<main").nth(1).unwrap());
    assert!(page.contains("there is no figure for Somerset"), "{page}");
    assert!(page.contains("nothing came of ") || page.contains("not available"), "{page}");
    let front = seen(&pages["index.html"]);
    assert!(front.contains("no figure"), "{front}");
}

/// On open data the pages are of England, as no council is named.
#[test]
fn the_open_data_demo_has_pages() {
    let (keep, place) = place();
    let config = place.join("config/demo/demo.toml").display().to_string();
    let (code, out, err) = sendmart(&place, &["--config", &config, "run"]);
    assert_eq!(code, 0, "{out}{err}");
    let folder = keep.path().join("board");
    let (code, out, err) = sendmart(&place, &["--config", &config, "site", "--out", &folder.display().to_string()]);
    assert_eq!(code, 0, "{out}{err}");
    let pages = read(&folder);
    is_sound(&pages);
    assert!(pages.values().map(String::len).sum::<usize>() < 5_000_000);
    let (_, out, _) = sendmart(
        &place,
        &[
            "--config",
            &config,
            "--json",
            "query",
            "SELECT period, value FROM kpi.value WHERE kpi_id = 'ehcp_20_week' AND geography_level = 'nation' AND breakdown = 'total'",
        ],
    );
    let tables = tables(&pages["kpi-ehcp_20_week.html"]);
    let series = &tables["ehcp_20_week-published-series"];
    let found: BTreeMap<String, Option<f64>> =
        series[1..].iter().map(|row| (row[0].0.clone(), number(&row[1].1))).collect();
    let rows = out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let want: BTreeMap<String, Option<f64>> = rows.map(|row| (text(&row, "period"), row["value"].as_f64())).collect();
    assert_eq!(found, want);
    assert!(!found.is_empty());
}

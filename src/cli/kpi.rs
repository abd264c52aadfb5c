//! `kpi`: what its verbs take, and those that have no file of their own.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::aim::values_with_targets;
use super::chart::{ChartOf, chart};
use super::diff::{DiffArgs, diff};
use super::funnel::{FunnelArgs, funnel};
use super::reconcile::reconcile;
use super::show::{Wanted, show, unit_words};
use super::{Context, Failure, output};
use crate::definitions::did_you_mean;
use crate::definitions::kpi::parse;
use crate::definitions::{Basis, Definitions, Kpi, LINEAGE, SeriesKind};
use crate::lake::{ParquetOut, Place, create_dir_shared};
use crate::run::{self, RunError};
use crate::warehouse::query;

/// The day that values speak for, and what was known.
#[derive(Debug, Clone, Args)]
pub(super) struct Dates {
    /// The day that values speak for: nothing later counts, and years to date end on it
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// Only what was received by the end of this day counts
    #[arg(long, value_name = "DATE")]
    known_at: Option<Date>,
}

impl Dates {
    /// The two days, here or before the verb.
    fn days(&self, context: &Context) -> (Option<Date>, Option<Date>) {
        (self.as_of.or(context.as_of), self.known_at.or(context.known_at))
    }
}

/// What was known, in words.
fn known_words(known_at: Option<Date>) -> String {
    known_at.map_or_else(String::new, |day| format!(", of what was received by {day}"))
}

/// The kinds of period by their names.
fn series_kind() -> impl TypedValueParser<Value = SeriesKind> {
    PossibleValuesParser::new(SeriesKind::ALL.map(SeriesKind::as_str))
        .try_map(|name| SeriesKind::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or("no kind of period"))
}

#[derive(Debug, Subcommand)]
pub(super) enum KpiVerb {
    /// The KPIs with title, unit and decimals
    #[command(
        after_help = "Examples:\n  sendmart kpi list\n  sendmart --json kpi list     every key of each definition"
    )]
    List,
    /// Values of one KPI on the live generation
    #[command(
        after_help = "Examples:\n  sendmart kpi show ehcp_20_week --at Somerset --breakdown total\n  sendmart kpi show suspension_rate --at E10000027 --period 2025/26\n  sendmart kpi show suspension_rate --kind month"
    )]
    Show {
        /// The KPI
        id: String,
        /// A place: its name, an authority's three digits, any GSS code, a URN or a LAESTAB
        #[arg(long, value_name = "PLACE")]
        at: Option<String>,
        /// A period: 2024, 2016/17, 2016/17 autumn, 2025-11, 2025 week 37
        #[arg(long)]
        period: Option<String>,
        /// A breakdown: total, or characteristic=group
        #[arg(long)]
        breakdown: Option<String>,
        /// A kind of period, instead of the KPI's own: weeks, months, terms, twelve months, a year to date
        #[arg(long, value_parser = series_kind(), value_name = "KIND")]
        kind: Option<SeriesKind>,
        /// Breakdowns and all places too, and not the totals of the widest alone
        #[arg(long, conflicts_with = "breakdown")]
        all: bool,
        /// A target, in the unit of the KPI, instead of that of config/targets.csv: whether a series meets it by more than chance
        #[arg(long, value_name = "NUMBER")]
        target: Option<f64>,
        #[command(flatten)]
        dates: Dates,
    },
    /// Compute the KPIs on own returns for another day, or of what was known by one; nothing is published
    #[command(
        after_help = "Examples:\n  sendmart kpi compute --as-of 2025-11-30 --out november.parquet\n  sendmart kpi compute suspension_rate --known-at 2025-09-30"
    )]
    Compute {
        /// Only these KPIs; default all on own returns
        ids: Vec<String>,
        #[command(flatten)]
        dates: Dates,
        /// Write the values, as kpi.value has them, each beside its target, into this Parquet file
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Say why a KPI on own returns is not what it was: definition, time, new deliveries, revised rows
    #[command(
        after_help = "Examples:\n  sendmart kpi diff suspension_rate --from 2025-12-31\n  sendmart kpi diff ehcp_20_week --from 2025-06-30 --to 2026-03-31\n  sendmart kpi diff ehcp_20_week --from 2025-12-31 --to 2025-12-31/2026-11-30\n      the same day, as it was known by then and later\n  sendmart kpi diff ehcp_20_week --from 41 --to live\n      two generations, each by its own definitions\n  sendmart kpi diff ehcp_20_week --from /srv/packs/sep\n      what the board was given in that pack, and what is live"
    )]
    Diff(DiffArgs),
    /// Draw the series of a KPI as an SVG, with limits of chance where a control chart suits it
    #[command(
        after_help = "Examples:\n  sendmart kpi chart suspension_rate --kind month --out rate.svg\n  sendmart kpi chart ehcp_20_week --kind month --target 60 --out plans.svg\n\nLimits are those of an XmR chart, and of small counts those of a p or u chart; they start again only where `[[rebase]]` of the config declares a change of the process with its reason. Fewer than 13 points, twelve months to each month and years to date are a plain line, which says why."
    )]
    Chart {
        /// The KPI
        id: String,
        /// A place, as for `show`; default the council, or the nation of published counts
        #[arg(long, value_name = "PLACE")]
        at: Option<String>,
        /// Whose counts: local or published; default the place's own returns where they have such a series
        #[arg(long, value_parser = ["local", "published"])]
        basis: Option<String>,
        /// A breakdown
        #[arg(long, default_value = "total")]
        breakdown: String,
        /// A kind of period, instead of the KPI's own
        #[arg(long, value_parser = series_kind(), value_name = "KIND")]
        kind: Option<SeriesKind>,
        /// A target, in the unit of the KPI, instead of that of config/targets.csv: whether it is met by more than chance
        #[arg(long, value_name = "NUMBER")]
        target: Option<f64>,
        /// The file
        #[arg(long, value_name = "FILE.svg")]
        out: PathBuf,
    },
    /// Compare schools: who differs from the overall rate by more than chance
    #[command(
        after_help = "Examples:\n  sendmart kpi funnel one_plus_suspension_rate --period 2024/25\n  sendmart kpi funnel one_plus_suspension_rate --phase primary --out schools.svg\n\nLimits are exact while a school expects few; where there are more, and schools differ by more than chance, they reckon with that. What is written names schools with small numbers: it is restricted, and is not published."
    )]
    Funnel(FunnelArgs),
    /// Write the file of a new KPI on the place's own returns, to be filled in
    #[command(
        after_help = "Example:\n  sendmart kpi new managed_moves --reads fct_roll\n\nThen mend the head and the SELECT, and try it: `sendmart test managed_moves && sendmart run`."
    )]
    New {
        /// Its id: lower case with underscores. It is for ever
        id: String,
        /// The mart that it counts
        #[arg(long, value_name = "MART", default_value = "fct_roll")]
        reads: String,
    },
    /// Compare every computed value with the figure published beside the counts in the same file
    #[command(after_help = "Examples:\n  sendmart kpi reconcile\n  sendmart kpi reconcile suspension_rate --rows 20")]
    Reconcile {
        /// Only this KPI
        id: Option<String>,
        /// How many differing rows to print for each KPI
        #[arg(long, default_value_t = 3)]
        rows: usize,
    },
}

/// The KPIs of an id: on published counts, on the place's own returns, or both.
pub(super) fn find<'k>(kpis: &'k [Kpi], id: &str) -> Result<Vec<&'k Kpi>, Failure> {
    let found: Vec<&Kpi> = kpis.iter().filter(|kpi| kpi.id == id).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let mut ids: Vec<&str> = kpis.iter().map(|kpi| kpi.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let meant =
        did_you_mean(id, ids.iter().copied()).map_or_else(String::new, |word| format!("did you mean `{word}`? "));
    Err(Failure::absent(
        format!("there is no KPI `{id}`"),
        format!("{meant}`sendmart kpi list` lists the {} that there are", ids.len()),
    ))
}

/// To how many decimals it is shown, in words.
fn places(kpi: &Kpi) -> String {
    match kpi.rounding.places() {
        Some(0) => "whole numbers".to_owned(),
        Some(1) => "to 1 decimal".to_owned(),
        Some(places) => format!("to {places} decimals"),
        None => "not rounded".to_owned(),
    }
}

/// Rows of the mart that a new KPI reads, and what it must give of them.
const TEST_TABLE: &str = "academic_year,la_code\n2023/24,933\n2024/25,933\n2024/25,933\n";
const TEST_EXPECTED: &str = "period,geography_level,geography_code,breakdown,numerator,denominator,value,reason\n\
     2023/24,authority,933,total,1,,1,\n2024/25,authority,933,total,2,,2,\n";

/// A KPI that is right as it stands: it counts the rows of a mart that has `academic_year` and `la_code`.
fn scaffold(reads: &str, needs: &[String], has_lineage: bool) -> String {
    let needs = needs.join("\", \"");
    let rows = if has_lineage {
        format!(
            "every = \"\"\"\nSELECT\n    academic_year AS period, 'authority' AS geography_level, la_code AS geography_code, 'total' AS breakdown,\n    \
             1 AS in_numerator, _delivery, _sheet, _row\nFROM mart.{reads}\n\"\"\"\n"
        )
    } else {
        format!(
            "none = \"mart.{reads} does not say which files its rows came in: name a mart that does, and its rows\"\n"
        )
    };
    format!(
        "/*\ntitle = \"What is counted, in a few words\"\nbasis = \"local\"\narea = \"context\"\nunit = \"count\"\npolarity = \"none\"\n\
         grain = \"one authority in one academic year\"\nperiod_rule = \"academic year of what is counted\"\n\
         period_kind = \"academic_year\"\nneeds = [\"{needs}\"]\n\
         rounding = \"unrounded\"\nsource = \"where the definition comes from: guide and paragraph\"\n\
         suppression = \"none in the warehouse: it is restricted; small numbers are suppressed in what leaves the council\"\n\
         caveats = [\n  \"What the board must know before it uses the number.\",\n]\nreads = [\"{reads}\"]\n\n[rows]\n{rows}*/\n\
         SELECT\n    academic_year AS period, -- academic year\n    'authority' AS geography_level,\n    la_code AS geography_code, -- three-digit authority code\n    \
         CAST(NULL AS VARCHAR) AS geography_name,\n    CAST(count(*) AS DOUBLE) AS numerator -- rows\n\
         FROM mart.{reads}\nGROUP BY academic_year, la_code\n"
    )
}

/// A folder for what does not fit into memory.
pub(super) fn scratch() -> Result<tempfile::TempDir, Failure> {
    tempfile::tempdir().map_err(|error| Failure {
        text: format!("cannot make a temporary folder: {error}"),
        hint: Some("set TMPDIR to a folder that can be written to".to_owned()),
        exit_code: 74,
    })
}

/// `sendmart kpi compute`.
fn compute(
    context: &Context,
    place: &Place,
    definitions: &Definitions,
    ids: &[String],
    dates: &Dates,
    out: Option<&Path>,
) -> Result<(), Failure> {
    for id in ids {
        find(&definitions.kpis, id)?;
    }
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let days = dates.days(context);
    let scratch = scratch()?;
    let (values, as_of) = run::computed(place, definitions, &ids, days, scratch.path())?;
    // In the order of kpi.value.
    let sql = format!(
        "SELECT * FROM {} AS found ORDER BY kpi_id NULLS LAST, basis NULLS LAST, period NULLS LAST, geography_level NULLS LAST, \
         geography_code NULLS LAST, breakdown NULLS LAST, delivery_id NULLS LAST, row_number NULLS LAST",
        values_with_targets()
    );
    let (schema, batches) = values.ask(&sql, &[])?;
    let rows: usize = batches.iter().map(arrow::array::RecordBatch::num_rows).sum();
    let known = known_words(days.1);
    let Some(path) = out else {
        if context.json {
            output::table(&schema, &batches, true);
        } else {
            output::said(&format!(
                "{rows} values as of {as_of}{known}: `--out FILE.parquet` writes them, `--json` prints them"
            ));
        }
        return Ok(());
    };
    if path.extension().is_none_or(|ending| ending != "parquet") {
        return Err(Failure::usage(
            format!("`{}` is no name of a Parquet file", path.display()),
            "write one that ends with `.parquet`",
        ));
    }
    let written = ParquetOut::create(path, schema).and_then(|mut out| {
        batches.iter().try_for_each(|batch| out.write(batch))?;
        out.finish()
    });
    written.map_err(|error| Failure {
        text: format!("cannot write `{}`: {error}", path.display()),
        hint: Some("name a file in a folder that is there and can be written to".to_owned()),
        exit_code: 74,
    })?;
    output::said(&format!("{rows} values as of {as_of}{known}: {}", path.display()));
    Ok(())
}

pub(super) fn kpi(context: &Context, verb: &KpiVerb) -> Result<(), Failure> {
    let (place, definitions) = context.definitions()?;
    let kpis = &definitions.kpis;
    match verb {
        KpiVerb::New { id, reads } => {
            let path = place.sql().join("kpis").join("local").join(format!("{id}.sql"));
            let needs = definitions.returns_behind(reads);
            if needs.is_empty() {
                let mut valid: Vec<&str> = definitions.marts.iter().map(|mart| mart.name.as_str()).collect();
                valid.sort_unstable();
                let near = did_you_mean(reads, valid.iter().copied());
                let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
                return Err(Failure::usage(
                    format!("there is no mart `{reads}` that is made of returns"),
                    format!("{near}valid: {}", valid.join(", ")),
                ));
            }
            let mart = definitions.marts.iter().find(|mart| mart.name == *reads);
            let has_lineage = mart.is_some_and(|mart| LINEAGE.iter().all(|one| mart.columns.contains_key(*one)));
            let text = scaffold(reads, &needs, has_lineage);
            let kpi = parse(&path, &text).map_err(|problems| {
                let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
                Failure::usage(told.join("\n"), "an id has lower-case letters, digits and underscores")
            })?;
            if path.exists() {
                return Err(Failure::usage(
                    format!("`{}` is there already", path.display()),
                    "mend that file, or choose another id",
                ));
            }
            let tables = path.with_extension("test");
            let table = format!("{reads}.csv");
            create_dir_shared(&tables).map_err(RunError::from)?;
            for (file, text) in [
                (path.clone(), text.as_str()),
                (tables.join(table), TEST_TABLE),
                (tables.join("expected.csv"), TEST_EXPECTED),
            ] {
                std::fs::write(&file, text).map_err(|error| Failure {
                    text: format!("cannot write `{}`: {error}", file.display()),
                    hint: None,
                    exit_code: 74,
                })?;
            }
            output::said(&format!(
                "Wrote `{}` (KPI `{}`): mend its head and SELECT; sql/README.md says what each key means\n\
                 Wrote `{}`, a few rows and what they must give: mend them with it, and try them by `sendmart test {}`",
                path.display(),
                kpi.id,
                tables.display(),
                kpi.id
            ));
        }
        KpiVerb::List => {
            for kpi in kpis {
                if context.json {
                    output::line(&serde_json::to_string(kpi).unwrap_or_default());
                    continue;
                }
                output::said(&format!("{} ({})\n  {}", kpi.id, kpi.basis, kpi.title));
                output::said(&format!("  {}; {}; period: {}", unit_words(kpi), places(kpi), kpi.period_rule));
            }
        }
        KpiVerb::Compute { ids, dates, out } => compute(context, &place, &definitions, ids, dates, out.as_deref())?,
        KpiVerb::Show { id, at, period, breakdown, kind, all, target, dates } => {
            let found = find(kpis, id)?;
            let wanted = Wanted {
                id,
                at: at.as_deref(),
                period: period.as_deref(),
                breakdown: breakdown.as_deref(),
                kind: *kind,
                all: *all,
                target: *target,
                rebases: &definitions.settings.rebases,
            };
            let days = dates.days(context);
            if days == (None, None) {
                show(context, &place, &found, &wanted, &|sql, given| query(&place, sql, given))?;
            } else {
                let scratch = scratch()?;
                let (values, as_of) = run::computed(&place, &definitions, &[id.as_str()], days, scratch.path())?;
                show(context, &place, &found, &wanted, &|sql, given| values.ask(sql, given))?;
                let known = known_words(days.1);
                output::aside(&format!("computed as of {as_of}{known}; what is live is as it was"));
            }
        }
        KpiVerb::Diff(args) => diff(context, &place, &definitions, args)?,
        KpiVerb::Chart { id, at, basis, breakdown, kind, target, out } => {
            // On own returns where these have such a series, else on published counts.
            let mut found = find(kpis, id)?;
            found.retain(|kpi| basis.as_ref().is_none_or(|basis| kpi.basis.as_str() == basis));
            found.sort_by_key(|kpi| kpi.basis != Basis::Local);
            if let (true, Some(basis)) = (found.is_empty(), basis) {
                return Err(Failure::usage(format!("`{id}` has no {basis} reading"), "leave `--basis` out"));
            }
            let (at, kind, target) = (at.as_deref(), *kind, *target);
            let draw =
                |kpi| chart(&place, &definitions.settings.rebases, &ChartOf { kpi, at, breakdown, kind, target, out });
            let mut drawn = found.into_iter().map(draw);
            let first = drawn.next().unwrap_or(Ok(()));
            if first.is_err() && !drawn.any(|drawn| drawn.is_ok()) {
                return first;
            }
        }
        KpiVerb::Funnel(args) => funnel(context, &place, &find(kpis, &args.id)?, args)?,
        KpiVerb::Reconcile { id, rows } => {
            if let Some(id) = id {
                find(kpis, id)?;
            }
            let published = kpis.iter().filter(|kpi| kpi.basis == Basis::Published);
            let asked = published.filter(|kpi| id.as_ref().is_none_or(|id| *id == kpi.id));
            reconcile(context, &place, &definitions, asked, id.is_none(), *rows)?;
        }
    }
    Ok(())
}

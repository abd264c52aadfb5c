//! `kpi list`, `kpi show`, `kpi reconcile`.

use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::reconcile::reconcile;
use super::show::{Wanted, show, unit_words};
use super::{Context, Failure, output};
use crate::definitions::did_you_mean;
use crate::definitions::kpi::parse;
use crate::definitions::{Basis, Kpi, LINEAGE, SeriesKind};
use crate::lake::create_dir_shared;
use crate::run::RunError;

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
        /// A period: 2024 or 2016/17
        #[arg(long)]
        period: Option<String>,
        /// A breakdown: total, or characteristic=group
        #[arg(long)]
        breakdown: Option<String>,
        /// A kind of period, instead of the KPI's own: months, terms, twelve months, a year to date
        #[arg(long, value_parser = series_kind(), value_name = "KIND")]
        kind: Option<SeriesKind>,
        /// Breakdowns too, and not the total alone
        #[arg(long, conflicts_with = "breakdown")]
        all: bool,
    },
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
        KpiVerb::Show { id, at, period, breakdown, kind, all } => {
            let found = find(kpis, id)?;
            let wanted = Wanted {
                id,
                at: at.as_deref(),
                period: period.as_deref(),
                breakdown: breakdown.as_deref(),
                kind: *kind,
                all: *all,
            };
            show(context, &place, &found, &wanted)?;
        }
        KpiVerb::Reconcile { id, rows } => {
            if let Some(id) = id {
                find(kpis, id)?;
            }
            let published = kpis.iter().filter(|kpi| kpi.basis == Basis::Published);
            let asked = published.filter(|kpi| id.as_ref().is_none_or(|id| *id == kpi.id));
            reconcile(context, &place, &definitions, asked, *rows)?;
        }
    }
    Ok(())
}

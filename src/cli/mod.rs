//! The command line, a file per verb. The only place that asks for the time, the environment and the arguments.

mod aim;
mod alert;
mod at;
mod boards;
mod cells;
mod chart;
mod check;
mod demo;
mod diff;
mod disclosure;
mod explain;
mod export;
mod faults;
mod funnel;
mod given;
mod grid;
mod help;
mod interrupt;
mod judged;
mod key;
mod kpi;
mod log;
mod new;
mod output;
mod pack;
mod pack_public;
mod passport;
mod plan;
mod privacy;
mod profile;
mod progress;
mod reconcile;
mod replay;
mod run;
mod sample;
mod show;
mod site;
mod standing;
mod status;
mod steer;
mod template;
mod test;
mod worker;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use jiff::civil::Date;

use crate::definitions::{self, Definitions};
use crate::lake::Place;
use crate::run::RunError;
use crate::warehouse;

/// Turns the spreadsheets of a council's SEND and inclusion team into checked Parquet, a `DuckDB` file and the board's KPIs.
#[derive(Debug, Parser)]
#[command(name = "sendmart", version, about, max_term_width = 110, after_help = EXAMPLES)]
struct Cli {
    /// The folder that holds `config`, `pipelines`, `sql` and `var`
    #[arg(long, global = true, value_name = "DIR", default_value = ".", help_heading = EVERY)]
    place: PathBuf,
    /// A config laid over config/default.toml, instead of config/local.toml; default what `SENDMART_CONFIG` of the environment
    /// names
    #[arg(long, global = true, value_name = "FILE", help_heading = EVERY)]
    config: Option<PathBuf>,
    /// Of `run`: every verb knows it, so that it can say that it is not its own
    #[arg(long, global = true, value_name = "DATE", hide = true)]
    as_of: Option<Date>,
    /// Of `run`, likewise
    #[arg(long, global = true, value_name = "DATE", hide = true)]
    known_at: Option<Date>,
    /// Print JSON on standard output
    #[arg(long, global = true, help_heading = EVERY)]
    json: bool,
    /// Say more on standard error; twice for details
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = EVERY)]
    verbose: u8,
    #[command(subcommand)]
    verb: Verb,
}

/// The environment variable that names a config where no flag does.
const CONFIG: &str = "SENDMART_CONFIG";

/// The options that every verb has.
const EVERY: &str = "Options of every verb";

const EXAMPLES: &str = "\
Examples:
  sendmart demo                             the whole job on real extracts
  sendmart check                            are the definitions right?
  sendmart test                             do the pipelines' samples work?
  sendmart run                              fetch, read, check, build, publish
  sendmart kpi show ehcp_20_week --at 933   a KPI's values for one authority
  sendmart explain ehcp_20_week --at 933 --period 2024
                                            from a number to its cells
  sendmart query \"FROM meta.delivery\"       read-only SQL on what is live

Exit codes: 0 done or nothing to do, 1 what was asked for is not there, 2 usage, 65 the data stopped the publish, or a part of
it: a collection is held and the others are published; 66 nothing has come yet; 74 input or output failed, or a source could not be
read; 75 another run holds the lock, 77 the place is pinned to a generation and nothing was published, 78 definitions are wrong,
130 Ctrl-C.";

#[derive(Debug, Subcommand)]
enum Verb {
    /// Fetch, land, read, check, build, compute and publish: the whole job, once
    #[command(after_help = run::EXAMPLES)]
    Run(run::RunArgs),
    /// Check every definition and print every problem, with file, line, column and hint
    #[command(after_help = "Example:\n  sendmart check     exit code 78 where something is wrong")]
    Check,
    /// Try each layout's sample: does it give the rows and faults that are written beside it?
    #[command(
        after_help = "Examples:\n  sendmart test\n  sendmart test published_ehcp ehcp_20_week   a collection, and a KPI\n  sendmart test published_ehcp --accept       what was found is expected now"
    )]
    Test(test::TestArgs),
    /// Write a workbook to fill in for a collection: headings, notes, lists, instructions
    #[command(after_help = template::EXAMPLES)]
    Template(template::TemplateArgs),
    /// Print the cells of any file that can be read, as the reader sees them: address, kind, value
    #[command(after_help = cells::EXAMPLES)]
    Cells(cells::CellsArgs),
    /// Profile a file that has no layout yet: header candidates, types, codes, keys
    #[command(after_help = profile::EXAMPLES)]
    Profile(profile::ProfileArgs),
    /// Draft a new collection from a file: contracts, layouts, code lists, a sample and what is expected of it
    #[command(after_help = new::EXAMPLES)]
    New(new::NewArgs),
    /// Compare the headers and columns of two files, and say which layouts fit
    #[command(subcommand)]
    Layout(profile::LayoutVerb),
    /// Show what a run would do: the files in the inbox, the layout of each, what is missing, and the lines of TOML that would take a
    /// file that no layout fits; or the same for one file. Changes nothing
    #[command(after_help = plan::EXAMPLES)]
    Plan(plan::PlanArgs),
    /// Tell people what goes wrong, once each: what stands open, and whether each channel works
    Alert(alert::AlertArgs),
    /// Show what is live, how old it is, and what the last runs did
    #[command(after_help = "Examples:\n  sendmart status\n  sendmart --json status     for a program")]
    Status,
    /// KPIs: list, show values, reconcile with what was published
    #[command(subcommand)]
    Kpi(kpi::KpiVerb),
    /// Show the boards of a day: who chairs and sits, who reports to whom; when they meet, when figures are frozen, and what is stale or
    /// missing against each meeting
    Boards(boards::BoardsArgs),
    /// What can be worked out of what a pack prints
    #[command(subcommand)]
    Disclosure(disclosure::DisclosureVerb),
    /// List what is wrong with the data: cell by cell, by rule, or as workbooks to send back
    #[command(after_help = faults::EXAMPLES)]
    Faults(Box<faults::FaultsArgs>),
    /// Read landed files again after definitions changed, and say which faults closed and opened
    #[command(after_help = replay::EXAMPLES)]
    Replay(replay::ReplayArgs),
    /// Ask a read-only SQL question of the live generation
    #[command(
        after_help = "Examples:\n  sendmart query \"SELECT * FROM kpi.value WHERE kpi_id = 'ehcp_20_week'\"\n  sendmart query \"FROM meta.column WHERE table_name = 'value'\""
    )]
    Query {
        /// One SQL question: SELECT, FROM, WITH, DESCRIBE, SHOW, SUMMARIZE, EXPLAIN
        sql: String,
        /// Stop a question that takes longer
        #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
        seconds: u32,
    },
    /// Trace a KPI value to its definition, mart rows, Parquet, delivery, sheet and row
    Explain(explain::ExplainArgs),
    /// Export marts and KPIs as files: Parquet, CSV or workbooks, one for each table, with a manifest
    #[command(after_help = export::EXAMPLES)]
    Export(export::ExportArgs),
    /// Write the pages of the live generation as a folder to open from disk: what the board will see
    #[command(after_help = site::EXAMPLES)]
    Site(site::SiteArgs),
    /// Write the pack of a board for a meeting, frozen at the end of the day that its notice says: pages, figures, what changed
    #[command(after_help = pack::EXAMPLES)]
    Pack(pack::PackArgs),
    /// Withdraw a delivery that should never have come: it no longer counts
    #[command(after_help = steer::WITHDRAW)]
    Withdraw(steer::WithdrawArgs),
    /// Let a withdrawn delivery count again
    #[command(
        after_help = "Examples:\n  sendmart restore 2025_spring_pupilonroll.csv\n  sendmart run     publishes with it"
    )]
    Restore(steer::RestoreArgs),
    /// Serve an older generation again, and keep it until `resume`
    #[command(after_help = steer::ROLLBACK)]
    Rollback(steer::RollbackArgs),
    /// After a rollback: let runs publish again
    #[command(after_help = "Examples:\n  sendmart resume\n  sendmart run     publishes")]
    Resume,
    /// List the personal data that is held: where, why, on what lawful basis, for how long
    #[command(after_help = "Examples:\n  sendmart privacy\n  sendmart privacy school_census --columns")]
    Privacy(privacy::PrivacyArgs),
    /// The key under which identifiers of people become pseudonyms
    #[command(subcommand)]
    Key(key::KeyVerb),
    /// Print the JSON Schema of a kind of TOML file: pipeline, table, layout, config, boards or disclosure
    #[command(after_help = "Examples:\n  sendmart schema layout\n  sendmart schema --write config/schema")]
    Schema {
        /// The kind; all when left out
        kind: Option<String>,
        /// Write all of them into this folder
        #[arg(long, value_name = "DIR")]
        write: Option<PathBuf>,
    },
    /// Run the whole job on small real extracts (Open Government Licence) and on an invented county, and say where to look
    #[command(after_help = "Examples:\n  sendmart demo\n  sendmart demo --out /tmp/demo --county /tmp/county")]
    Demo(demo::DemoArgs),
    /// Invent a county: its whole inbox in every shape that arrives, and the truth about it
    #[command(after_help = sample::EXAMPLES)]
    Sample(sample::SampleArgs),
    /// Print a shell completion script
    #[command(after_help = "Example:\n  sendmart completions bash > /etc/bash_completion.d/sendmart")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Read one workbook in a process of its own, which shuts itself in (used by whatever opens workbooks)
    #[command(hide = true)]
    Worker,
    /// Read a generation through in a process of its own (used by `run`)
    #[command(hide = true)]
    VerifyGeneration {
        /// The file
        path: PathBuf,
    },
}

/// What every verb is given.
#[derive(Clone)]
struct Context {
    root: PathBuf,
    config: Option<PathBuf>,
    as_of: Option<Date>,
    known_at: Option<Date>,
    json: bool,
}

impl Context {
    /// The place alone, for verbs that look at what is there: no definition need be right for that.
    fn place(&self) -> Result<Place, Failure> {
        let settings = definitions::load_settings(&self.root, self.config.as_deref()).map_err(RunError::Definitions)?;
        Ok(Place::new(&self.root, &settings.var))
    }

    fn definitions(&self) -> Result<(Place, Definitions), Failure> {
        let definitions = definitions::load(&self.root, self.config.as_deref()).map_err(RunError::Definitions)?;
        let place = Place::new(&self.root, &definitions.settings.var);
        log::of_zone(&definitions.settings.zone);
        Ok((place, definitions))
    }
}

/// Why a verb failed: the text for people, and the exit code.
struct Failure {
    text: String,
    hint: Option<String>,
    exit_code: u8,
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        Self { text: error.to_string(), hint: error.hint(), exit_code: error.exit_code() }
    }
}

impl From<warehouse::WarehouseError> for Failure {
    fn from(error: warehouse::WarehouseError) -> Self {
        RunError::Warehouse(error).into()
    }
}

impl Failure {
    fn usage(text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { text: text.into(), hint: Some(hint.into()), exit_code: 2 }
    }

    /// There is no such collection; the hint says which there are.
    fn no_collection(definitions: &Definitions, asked: &str) -> Self {
        let names: Vec<&str> = definitions.collections.keys().map(String::as_str).collect();
        Self::absent(format!("there is no collection `{asked}`"), meant(asked, &names))
    }

    /// What was asked for is not there; the hint says what is.
    fn absent(text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { text: text.into(), hint: Some(hint.into()), exit_code: 1 }
    }
}

/// The word that may have been meant, and those that there are.
fn meant(asked: &str, words: &[&str]) -> String {
    let near = definitions::did_you_mean(asked, words.iter().copied());
    let near = near.map_or_else(String::new, |word| format!("did you mean `{word}`? "));
    format!("{near}there are: {}", words.join(", "))
}

/// Why a question has no answer.
fn unanswered(error: warehouse::WarehouseError, seconds: u32) -> Failure {
    if !matches!(error, warehouse::WarehouseError::TooLong { .. }) {
        return unknown(error);
    }
    let hint = format!("ask for less, or allow more: `--seconds {}`", seconds.saturating_mul(4));
    Failure { text: error.to_string(), hint: Some(hint), exit_code: 2 }
}

/// A question about what is not there is no fault of the database.
fn unknown(error: warehouse::WarehouseError) -> Failure {
    let warehouse::WarehouseError::Database { message, .. } = &error else { return error.into() };
    let is_unknown = ["Catalog Error", "Binder Error"].iter().any(|kind| message.starts_with(kind));
    if !is_unknown {
        return error.into();
    }
    let said = message.split_once(": ").map_or(message.as_str(), |(_, said)| said);
    let said = said.split("\n\nLINE ").next().unwrap_or(said).trim_end();
    let tables = "`sendmart query \"SELECT table_schema, table_name FROM information_schema.tables\"` lists the tables";
    let columns =
        "`sendmart query \"SELECT column_name, about FROM meta.column WHERE table_name = '…'\"` the columns of one";
    Failure::absent(format!("the question names what is not there: {said}"), format!("{tables}, {columns}"))
}

/// Runs the program with the process's arguments.
#[must_use]
pub fn main() -> ExitCode {
    let matches = help::command().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    log::begin(cli.verbose);
    let Cli { place: root, config, as_of, known_at, json, .. } = cli;
    let config = config.or_else(|| std::env::var_os(CONFIG).filter(|name| !name.is_empty()).map(PathBuf::from));
    let context = Context { root, config, as_of, known_at, json };
    match dispatch(&context, cli.verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.text.is_empty() {
                output::error(&failure.text, failure.hint.as_deref());
            }
            ExitCode::from(failure.exit_code)
        }
    }
}

fn dispatch(context: &Context, verb: Verb) -> Result<(), Failure> {
    let dates = [("--as-of", context.as_of.is_some()), ("--known-at", context.known_at.is_some())];
    let is_theirs = matches!(verb, Verb::Run(_) | Verb::Kpi(kpi::KpiVerb::Show { .. } | kpi::KpiVerb::Compute { .. }));
    if let Some((flag, _)) = dates.iter().find(|(_, is_given)| *is_given && !is_theirs) {
        return Err(Failure::usage(
            format!(
                "`{flag}` means something to `run`, `kpi show` and `kpi compute` alone: other verbs speak of what is live, or of what was read"
            ),
            "`sendmart run --as-of DATE --out DIR` writes a generation of that day into a folder of its own",
        ));
    }
    match verb {
        Verb::Run(args) => run::run(context, &args),
        Verb::Check => check::check(context),
        Verb::Test(args) => test::test(context, &args),
        Verb::Template(args) => template::write(context, &args),
        Verb::Cells(args) => cells::cells(&args),
        Verb::Profile(args) => profile::show(context, &args),
        Verb::New(args) => new::new(context, &args),
        Verb::Layout(verb) => profile::layout(context, &verb),
        Verb::Plan(args) => plan::plan(context, &args),
        Verb::Alert(args) => alert::alert(context, &args),
        Verb::Status => status::status(context),
        Verb::Kpi(verb) => kpi::kpi(context, &verb),
        Verb::Boards(args) => boards::boards(context, &args),
        Verb::Disclosure(verb) => disclosure::disclosure(context, &verb),
        Verb::Faults(args) => faults::faults(context, &args),
        Verb::Replay(args) => replay::replay(context, &args),
        Verb::Query { sql, seconds } => {
            let place = context.place()?;
            let mut batches = Vec::new();
            let schema = warehouse::ask(&place, &sql, seconds.into(), &mut |batch| batches.push(batch));
            let schema = schema.map_err(|error| unanswered(error, seconds))?;
            output::table(&schema, &batches, context.json);
            if !context.json && batches.iter().all(|batch| batch.num_rows() == 0) {
                output::aside("no row");
            }
            Ok(())
        }
        Verb::Explain(args) => explain::explain(context, &args),
        Verb::Export(args) => export::export(context, &args),
        Verb::Site(args) => site::site(context, &args),
        Verb::Pack(args) => pack::pack(context, &args),
        Verb::Withdraw(args) => steer::withdraw(context, &args),
        Verb::Restore(args) => steer::restore(context, &args),
        Verb::Rollback(args) => steer::rollback(context, &args),
        Verb::Resume => steer::resume(context),
        Verb::Privacy(args) => privacy::privacy(context, &args),
        Verb::Key(verb) => key::key(context, &verb),
        Verb::Schema { kind, write } => check::schema(kind.as_deref(), write.as_deref()),
        Verb::Demo(args) => demo::demo(context, &args),
        Verb::Sample(args) => sample::sample(context, &args),
        Verb::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "sendmart", &mut std::io::stdout());
            Ok(())
        }
        Verb::Worker => worker::worker(),
        Verb::VerifyGeneration { path } => {
            let found = warehouse::verify(&path)?;
            output::line(&serde_json::to_string(&found).unwrap_or_default());
            Ok(())
        }
    }
}

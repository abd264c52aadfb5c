//! `faults`: what is wrong with the data that has been read, whether it was published or stopped the publish.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Context, Failure, meant, output};
use crate::definitions::{Definitions, did_you_mean};
use crate::faults::{Counts, Faults, Filter, State, Words, WorkbooksError, export};

pub(super) const EXAMPLES: &str = "\
Examples:
  sendmart faults                          every open fault, cell by cell
  sendmart faults summary                  by rule, the worst first
  sendmart faults list --severity error --collection sen2
  sendmart faults list --state reopened    mended once, and back
  sendmart faults export --out /tmp/back   a workbook for each supplier";

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct FaultsArgs {
    #[command(subcommand)]
    verb: Option<FaultsVerb>,
    #[command(flatten)]
    filters: Filters,
}

#[derive(Debug, Subcommand)]
enum FaultsVerb {
    /// Cell by cell: where, what is wrong, how to mend it. The same as `faults` alone
    #[command(
        after_help = "Examples:\n  sendmart faults list --severity error\n  sendmart faults list --file \"posts*.xlsx\""
    )]
    List(Filters),
    /// By rule: how many, in how many files, and an example of each
    #[command(
        after_help = "Examples:\n  sendmart faults summary\n  sendmart faults summary --collection school_census"
    )]
    Summary(Filters),
    /// A workbook for each supplier: their rows, the bad cells coloured and noted, and what to fix first
    #[command(after_help = "\
Who supplies is said by `supplier` or `supplier_from` of a `[[source]]`, or by `supplier` of a table's contract (a column, such as
the school). Where nothing says it there is one workbook for each file. The workbooks hold rows as they were sent, and so personal
data: files are made 0600, and the folder 0700 if it is not there yet.

Examples:
  sendmart faults export --out /tmp/back
  sendmart faults export --out /tmp/back --collection exclusions
  sendmart faults export --out /tmp/back --supplier 9334001")]
    Export {
        /// The folder for the workbooks; made if it is not there
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        #[command(flatten)]
        filters: Filters,
    },
}

#[derive(Debug, Args)]
struct Filters {
    /// Only this collection
    #[arg(long)]
    collection: Option<String>,
    /// Only this table
    #[arg(long)]
    table: Option<String>,
    /// Only this severity
    #[arg(long, value_parser = ["error", "query", "info"])]
    severity: Option<String>,
    /// Only this rule
    #[arg(long)]
    rule: Option<String>,
    /// Only files of this name; `*` stands for anything
    #[arg(long)]
    file: Option<String>,
    /// Only rows and files of this supplier, such as a school's LAESTAB
    #[arg(long)]
    supplier: Option<String>,
    /// What has become of them: open is what is there now, reopened what was mended once and is back
    #[arg(long, value_parser = ["open", "reopened", "resolved", "all"], default_value = "open")]
    state: String,
}

impl Filters {
    fn checked(&self, definitions: &Definitions) -> Result<Filter, Failure> {
        if let Some(name) = self.collection.as_ref().filter(|name| !definitions.collections.contains_key(*name)) {
            return Err(Failure::no_collection(definitions, name));
        }
        let tables: BTreeSet<&str> = definitions.tables().map(|table| table.name.as_str()).collect();
        if let Some(name) = self.table.as_ref().filter(|name| !tables.contains(name.as_str())) {
            let names: Vec<&str> = tables.iter().copied().collect();
            return Err(Failure::absent(format!("there is no table `{name}`"), meant(name, &names)));
        }
        Ok(Filter {
            collection: self.collection.clone(),
            table: self.table.clone(),
            severity: self.severity.clone(),
            rule: self.rule.clone(),
            file: self.file.clone(),
            supplier: self.supplier.clone(),
            state: match self.state.as_str() {
                "reopened" => State::Reopened,
                "resolved" => State::Resolved,
                "all" => State::Any,
                _ => State::Open,
            },
        })
    }
}

impl From<WorkbooksError> for Failure {
    fn from(error: WorkbooksError) -> Self {
        Self { text: error.to_string(), hint: error.hint(), exit_code: error.exit_code() }
    }
}

pub(super) fn faults(context: &Context, args: &FaultsArgs) -> Result<(), Failure> {
    let (place, definitions) = context.definitions()?;
    let filters = match &args.verb {
        None => &args.filters,
        Some(FaultsVerb::List(filters) | FaultsVerb::Summary(filters) | FaultsVerb::Export { filters, .. }) => filters,
    };
    let filter = filters.checked(&definitions)?;
    let Some(faults) = Faults::of(&place, &definitions)? else {
        if !context.json {
            output::said("Nothing has been read yet: `sendmart run` reads what the sources bring");
        }
        return Ok(());
    };
    let counts = faults.count(&filter)?;
    if counts.all() == 0 {
        known(&faults, &definitions, &filter)?;
    }
    match &args.verb {
        None | Some(FaultsVerb::List(_)) if context.json => {
            let (schema, batches) = faults.list(&filter)?;
            output::table(&schema, &batches, true);
        }
        None | Some(FaultsVerb::List(_)) if counts.all() > 0 => {
            let (schema, batches) = faults.brief(&filter)?;
            output::table(&schema, &batches, false);
        }
        Some(FaultsVerb::Summary(_)) if context.json || counts.all() > 0 => {
            let (schema, batches) = faults.summary(&filter)?;
            output::table(&schema, &batches, context.json);
        }
        Some(FaultsVerb::Export { out, .. }) if counts.all() > 0 => {
            let exported = export(&place, &definitions, &faults, &filter, out, &super::worker::contained())?;
            told(context, &exported);
        }
        _ => {}
    }
    if !context.json {
        footer(&faults, &filter, counts, args)?;
    }
    Ok(())
}

/// Of a filter that lets nothing through: whether there is such a rule, file or supplier at all.
fn known(faults: &Faults, definitions: &Definitions, filter: &Filter) -> Result<(), Failure> {
    let Words { mut rules, files, suppliers } = faults.words()?;
    rules.extend(definitions.tables().flat_map(|table| &table.rules).map(|rule| rule.id.clone()));
    let absent = |what: &str, asked: &str, there: &BTreeSet<String>| {
        let near = did_you_mean(asked, there.iter().map(String::as_str));
        let near = near.map_or_else(String::new, |word| format!("did you mean `{word}`? "));
        let shown = there.iter().take(WORDS).cloned().collect::<Vec<_>>().join(", ");
        let more = there.len().saturating_sub(WORDS);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let list = if there.is_empty() { "there is none".to_owned() } else { format!("there are: {shown}{more}") };
        Failure::absent(format!("{what} `{asked}`"), format!("{near}{list}"))
    };
    if let Some(rule) = filter.rule.as_ref().filter(|rule| !rules.contains(*rule) && !is_of_the_program(rule)) {
        return Err(absent("no fault that was ever found here, and no contract, has the rule", rule, &rules));
    }
    if let Some(file) = &filter.file {
        let glob = globset::GlobBuilder::new(file).literal_separator(false).build().map(|glob| glob.compile_matcher());
        if !glob.is_ok_and(|glob| files.iter().any(|name| glob.is_match(name))) {
            return Err(absent("no file that was read here is called", file, &files));
        }
    }
    if let Some(supplier) = filter.supplier.as_ref().filter(|supplier| !suppliers.contains(*supplier)) {
        return Err(absent("nothing that was read here is of supplier", supplier, &suppliers));
    }
    Ok(())
}

/// Most words of a set that a hint names.
const WORDS: usize = 20;

/// Whether a rule is one of the reader's or the program's own, which no contract lists.
fn is_of_the_program(rule: &str) -> bool {
    ["read::", "file::", "sheet::", "row::", "cell::", "table::", "layout::", "key::"]
        .iter()
        .any(|kind| rule.starts_with(kind))
}

fn told(context: &Context, exported: &crate::faults::Exported) {
    for lost in &exported.lost {
        output::error(
            &format!("rows could not be read again: {lost}"),
            Some("their faults stand on the first sheet; `sendmart run` reads what its definitions no longer fit"),
        );
    }
    if exported.is_open {
        output::error(
            "warning: others may enter the folder; the workbooks themselves only their owner may read",
            Some("`chmod 700` it, or let the export make a new one"),
        );
    }
    if context.json {
        for one in &exported.written {
            let value = serde_json::json!({
                "supplier": one.supplier, "path": one.path, "faults": one.faults, "rows": one.rows, "bytes": one.bytes,
                "cells_without_note": one.without_note,
            });
            output::line(&value.to_string());
        }
        return;
    }
    let lines = exported.written.iter().map(|one| {
        let name = one.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        vec![one.supplier.clone(), one.faults.to_string(), one.rows.to_string(), name]
    });
    output::rows(&["for", "faults", "rows", "workbook"], lines);
    let without: usize = exported.written.iter().map(|one| one.without_note).sum();
    if without > 0 {
        output::said(&format!(
            "{without} cells have a colour and a line in column B, and no note: 20,000 notes a workbook are as many as Excel bears"
        ));
    }
    if let Some(folder) = exported.written.first().and_then(|one| one.path.parent()) {
        let many = exported.written.len();
        output::said(&format!(
            "{many} {} in {}, with rows as they were sent, and so personal data: only you may read {}",
            if many == 1 { "workbook" } else { "workbooks" },
            folder.display(),
            if many == 1 { "it" } else { "them" }
        ));
    }
}

/// How many there are, how many are not shown, and what to do next.
fn footer(faults: &Faults, filter: &Filter, counts: Counts, args: &FaultsArgs) -> Result<(), Failure> {
    let state = match filter.state {
        State::Any => "",
        state => state.word(),
    };
    let noun = |count: u64, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let what = if state.is_empty() { "fault".to_owned() } else { format!("{state} fault") };
    if counts.all() == 0 {
        output::said(&format!("No {what} matches"));
    } else {
        output::said(&format!(
            "{} in {}: {}, {}, {} for information",
            noun(counts.all(), &what, &format!("{what}s")),
            noun(counts.files, "file", "files"),
            noun(counts.errors, "error (row left out)", "errors (rows left out)"),
            noun(counts.queries, "query (look at it)", "queries (look at them)"),
            counts.infos
        ));
    }
    if filter.state == State::Open {
        let back = faults.count(&Filter { state: State::Reopened, ..filter.clone() })?.all();
        let mended = faults.count(&Filter { state: State::Resolved, ..filter.clone() })?.all();
        if back > 0 {
            output::said(&format!("Mended once, and back: {back} of them (`--state reopened`)"));
        }
        if mended > 0 {
            output::said(&format!("Mended by later files: {mended} more (`--state resolved`)"));
        }
    }
    if counts.all() > 0 && !matches!(args.verb, Some(FaultsVerb::Export { .. })) {
        output::said("`sendmart faults export --out DIR` writes a workbook for each supplier, to send back");
    }
    Ok(())
}

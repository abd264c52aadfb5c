//! `new`: a collection drafted from a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::given::given;
use super::profile::{DialectArgs, refused};
use super::worker::contained;
use super::{Context, Failure, output};
use crate::definitions::{self, CodeList, Definitions, PrivacyClass};
use crate::draft::{Draft, DraftError, Meta, Said, TO_CONFIRM, draft, metas, snake};
use crate::lake::{create_dir_shared, write_shared};
use crate::profile::profile;
use crate::run::{RunError, try_samples};
use crate::warehouse::EngineLimits;

/// What `new` is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct NewArgs {
    /// Its name: lower-case letters, digits and underscores. It is for ever
    collection: String,
    /// A workbook, text or JSON file as it arrives, or `FILE.zip!member`
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// Only this sheet
    #[arg(long)]
    sheet: Option<String>,
    #[command(flatten)]
    dialect: DialectArgs,
    /// The return as its users name it; default the file's name
    #[arg(long)]
    title: Option<String>,
    /// Who answers for it: a role, not a person
    #[arg(long)]
    owner: Option<String>,
    /// Why it is held
    #[arg(long)]
    purpose: Option<String>,
    /// The lawful basis for holding it, or `open data`
    #[arg(long)]
    basis: Option<String>,
    /// How long it is kept, and from when
    #[arg(long)]
    retention: Option<String>,
}

pub(super) const EXAMPLES: &str = "\
Writes pipelines/<collection>: pipeline.toml, a contract and a layout for each table with comments that say what was found, a sample of
a few rows with invented values in place of those about people, and the rows that are expected of it; and code lists of the values
found into config/codes. What nobody has said yet is \"to be confirmed\", and `sendmart check` asks about it: a lawful basis is never
invented. Read all of it before you commit it.

Examples:
  sendmart profile \"Caseload April.xlsx\"     look first
  sendmart new caseload --from \"Caseload April.xlsx\" --owner \"Head of SEND\"
  sendmart test caseload                     does the sample work?
  cp \"Caseload April.xlsx\" inbox/caseload/ && sendmart run";

/// `sendmart new`.
pub(super) fn new(context: &Context, args: &NewArgs) -> Result<(), Failure> {
    let name = &args.collection;
    if snake(name, "") != *name {
        let near = snake(name, "collection");
        return Err(Failure::usage(
            format!("`{name}` cannot be a collection's name"),
            format!("lower-case letters, digits and `_`, beginning with a letter: `{near}`"),
        ));
    }
    let folder = context.root.join("pipelines").join(name);
    if folder.exists() {
        return Err(Failure::usage(
            format!("`{}` is there already", folder.display()),
            "choose another name, or add a layout to that collection (pipelines/README.md)",
        ));
    }
    // Without a pipeline yet there are no definitions to be wrong.
    let has_pipelines =
        std::fs::read_dir(context.root.join("pipelines")).is_ok_and(|mut entries| entries.next().is_some());
    let lists = if has_pipelines { lists(&context.definitions()?.1) } else { BTreeMap::new() };
    let dialect = args.dialect.dialect()?;
    let file = given(&args.from)?;
    let file_name = file.name.clone();
    let found = profile(file.path(), &file_name, &dialect, args.sheet.as_deref())
        .map_err(|error| refused(&args.from, &error))?;
    let said = Said {
        title: args.title.clone(),
        owner: args.owner.clone(),
        purpose: args.purpose.clone(),
        basis: args.basis.clone(),
        retention: args.retention.clone(),
        metas: beside(&args.from),
    };
    let drafted =
        draft(name, file.path(), &file_name, &dialect, &found, &said, &lists).map_err(|error| match error {
            DraftError::Read(error) => refused(&args.from, &error),
            other => Failure {
                text: format!("`{}`: {other}", args.from.display()),
                hint: Some(format!("`sendmart profile \"{}\"` says what was found on each sheet", args.from.display())),
                exit_code: 65,
            },
        })?;
    write(context, name, &drafted)?;
    let (rows, faults) = accept(context, name)?;
    told(context, args, &drafted, rows, faults);
    Ok(())
}

/// What the `.meta.csv` beside the file says of its columns, where one lies there: in the folder, or in the same archive.
fn beside(asked: &Path) -> Option<BTreeMap<String, Meta>> {
    let name = asked.to_str()?;
    let stem = name.get(..name.len().checked_sub(4)?).filter(|_| name.to_lowercase().ends_with(".csv"))?;
    let file = given(Path::new(&format!("{stem}.meta.csv"))).ok()?;
    metas(&std::fs::read_to_string(file.path()).ok()?)
}

/// The code lists that the collections of the place use.
fn lists(definitions: &Definitions) -> BTreeMap<String, Arc<CodeList>> {
    let columns = definitions.tables().flat_map(|table| table.columns.values());
    columns.filter_map(|column| column.codes.as_ref()).map(|list| (list.name.clone(), Arc::clone(list))).collect()
}

fn write(context: &Context, name: &str, drafted: &Draft) -> Result<(), Failure> {
    let folder = context.root.join("pipelines").join(name);
    let codes = context.root.join("config").join("codes");
    for list in drafted.codes.keys() {
        let path = codes.join(format!("{list}.csv"));
        if path.exists() {
            return Err(Failure::usage(
                format!("`{}` is there already, and a list of that name would be written", path.display()),
                "choose another name for the collection, or take that list away if nothing uses it",
            ));
        }
    }
    let lists = drafted.codes.iter().map(|(list, text)| (codes.join(format!("{list}.csv")), text.as_bytes()));
    let files = drafted.files.iter().map(|(path, bytes)| (folder.join(path), bytes.as_slice()));
    for (path, bytes) in lists.chain(files) {
        create_dir_shared(path.parent().unwrap_or(&path)).map_err(RunError::from)?;
        write_shared(&path, bytes).map_err(RunError::from)?;
    }
    Ok(())
}

/// Writes what the sample gives as what is expected, and tries it; gives rows and faults.
fn accept(context: &Context, name: &str) -> Result<(usize, usize), Failure> {
    let definitions = definitions::load(&context.root, context.config.as_deref()).map_err(RunError::Definitions)?;
    let limits = EngineLimits::from(&definitions.settings);
    let only = [name.to_owned()];
    let scratch = || {
        tempfile::tempdir().map_err(|error| Failure {
            text: format!("cannot make a temporary folder: {error}"),
            hint: Some("set TMPDIR to a folder that can be written to".to_owned()),
            exit_code: 74,
        })
    };
    let folder = scratch()?;
    try_samples(&definitions, &only, folder.path(), limits, &contained(), true)?;
    let folder = scratch()?;
    let tried = try_samples(&definitions, &only, folder.path(), limits, &contained(), false)?;
    let differences: Vec<String> = tried
        .iter()
        .flat_map(|each| each.differences.iter().map(move |text| format!("{}: {text}", each.layout)))
        .collect();
    if !differences.is_empty() {
        return Err(Failure {
            text: format!("the draft is written, and its sample does not load: {}", differences.join("; ")),
            hint: Some(format!("mend `pipelines/{name}` and try `sendmart test {name}`, or take the folder away")),
            exit_code: 65,
        });
    }
    Ok((tried.iter().map(|each| each.rows).sum(), tried.iter().map(|each| each.faults).sum()))
}

fn told(context: &Context, args: &NewArgs, drafted: &Draft, rows: usize, faults: usize) {
    let name = &args.collection;
    if context.json {
        let value = serde_json::json!({
            "collection": name, "files": drafted.files.keys().collect::<Vec<_>>(), "codes": drafted.codes.keys().collect::<Vec<_>>(),
            "tables": drafted.tables.iter().map(|table| &table.name).collect::<Vec<_>>(), "left_out": drafted.left_out,
            "to_confirm": drafted.tables.iter().flat_map(|table| table.of_table.iter().chain(&table.of_layout)).collect::<Vec<_>>(),
            "sample_rows": rows, "sample_faults": faults,
        });
        output::line(&value.to_string());
        return;
    }
    output::said(&format!("Wrote pipelines/{name}: {} files, {} code lists", drafted.files.len(), drafted.codes.len()));
    for table in &drafted.tables {
        let about = table.columns.iter().filter(|field| field.class != PrivacyClass::None).count();
        let people = if about > 0 { format!(", {about} of them about people") } else { String::new() };
        let key = if table.is_key_makeshift {
            "no key was found: every column is in it".to_owned()
        } else {
            table.key.join(" + ")
        };
        let sheet = table.sheet.as_ref().map_or_else(String::new, |sheet| format!(" (sheet `{sheet}`)"));
        output::said(&format!("  table `{}`{sheet}: {} columns{people}; key: {key}", table.name, table.columns.len()));
        if !table.unlabelled.is_empty() {
            output::said(&format!(
                "    columns {} have values and no label: taken by their letters",
                table.unlabelled.join(", ")
            ));
        }
    }
    for (sheet, why) in &drafted.left_out {
        output::said(&format!("  sheet `{sheet}` was left out: {why}"));
    }
    output::said(&format!(
        "Its samples give {rows} rows and {faults} faults, and that is what is expected of them now"
    ));
    for (kind, table, asked) in drafted
        .tables
        .iter()
        .flat_map(|table| [("tables", table, &table.of_table), ("layouts", table, &table.of_layout)])
    {
        for each in asked {
            let column = each.column.as_ref().map_or_else(String::new, |column| format!(" of `{column}`"));
            output::said(&format!(
                "{TO_CONFIRM} in {kind}/{}.toml: {}{column}: {}",
                table.name,
                each.what.word(),
                each.ask
            ));
        }
    }
    let pipeline = drafted.files.get("pipeline.toml").map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
    let asks = |key: &str| pipeline.contains(&format!("{key} = \"{TO_CONFIRM}\""));
    let open: Vec<&str> =
        [("owner", "owner"), ("purpose", "purpose"), ("lawful_basis", "basis"), ("retention", "retention")]
            .into_iter()
            .filter(|(key, _)| asks(key))
            .map(|(_, flag)| flag)
            .collect();
    if !open.is_empty() {
        output::said(&format!("Say in pipeline.toml what is \"{TO_CONFIRM}\": {}", open.join(", ")));
    }
    let asks_of_tables = drafted.tables.iter().any(|table| !table.of_table.is_empty() || !table.of_layout.is_empty());
    if !open.is_empty() || asks_of_tables {
        output::said(
            "Nothing of it is published before each line of `to_confirm` is answered and deleted; `sendmart check` asks them",
        );
    }
    output::said(&format!("Then: sendmart check && sendmart test {name}; files go into inbox/{name}"));
}

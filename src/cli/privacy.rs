//! `privacy`: what is held where, why, and for how long (UK GDPR article 30).

use super::{Context, Failure, output};
use crate::definitions::{Collection, Column, Kept, PrivacyClass};
use crate::ledger::Ledger;
use crate::run::RunError;

/// What `privacy` is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct PrivacyArgs {
    /// Only these collections; all that hold personal data when left out
    collections: Vec<String>,
    /// Every column, not only a count of each class
    #[arg(long)]
    columns: bool,
}

/// `sendmart privacy`.
pub(super) fn privacy(context: &Context, args: &PrivacyArgs) -> Result<(), Failure> {
    let (place, definitions) = context.definitions()?;
    let ledger = Ledger::open(&place).map_err(RunError::from)?;
    let deliveries = ledger.deliveries();
    if let Some(unknown) = args.collections.iter().find(|name| !definitions.collections.contains_key(*name)) {
        return Err(Failure::no_collection(&definitions, unknown));
    }
    let shown = definitions.collections.values().filter(|collection| {
        args.collections.contains(&collection.name) || (args.collections.is_empty() && is_personal(collection))
    });
    let mut any = false;
    for collection in shown {
        any = true;
        let held: Vec<_> = deliveries.iter().filter(|delivery| delivery.collection == collection.name).collect();
        let oldest = held.iter().map(|delivery| delivery.received_at).min();
        if context.json {
            output::line(&json(collection, held.len(), oldest).to_string());
            continue;
        }
        output::said(&format!(
            "{}: {}\n  owner         {}\n  purpose       {}\n  lawful basis  {}\n  retention     {}\n  held          {}",
            collection.name,
            collection.title,
            collection.owner,
            collection.purpose,
            collection.lawful_basis,
            collection.retention,
            oldest.map_or_else(
                || "nothing yet".to_owned(),
                |oldest| format!(
                    "{} deliveries, the oldest received on {}",
                    held.len(),
                    definitions.settings.zone.day_of(oldest)
                )
            ),
        ));
        for table in collection.tables.values() {
            output::said(&format!("  table {}: {}", table.name, table.grain));
            for class in PrivacyClass::ALL {
                let columns: Vec<(&String, &Column)> =
                    table.columns.iter().filter(|(_, column)| column.class == class).collect();
                if columns.is_empty() {
                    continue;
                }
                output::said(&format!("    {:<17} {} columns", class.word(), columns.len()));
                if args.columns {
                    for (name, column) in columns {
                        output::said(&format!("      {name}: {}", kept(&column.kept)));
                    }
                }
            }
        }
        output::said("");
    }
    if context.json {
        return Ok(());
    }
    if !any {
        output::said("No collection of this place holds personal data");
        return Ok(());
    }
    let at = |path: std::path::PathBuf| path.display().to_string();
    output::rows(
        &["where", "what of people", "who can read it"],
        [
            vec![
                at(place.var().join("landing")),
                "the files as they came: everything".to_owned(),
                "the owner of the run only".to_owned(),
            ],
            vec![
                at(place.lake().join("quarantine")),
                "the raw text of bad cells and refused rows".to_owned(),
                "the owner of the run only".to_owned(),
            ],
            vec![
                at(place.lake().join("conformed")),
                "pseudonyms, month of birth, postcode district, special categories".to_owned(),
                "the owner of the run only".to_owned(),
            ],
            vec![
                at(place.live()),
                "pseudonyms and what the marts show".to_owned(),
                "readers of the warehouse".to_owned(),
            ],
        ],
    );
    Ok(())
}

fn is_personal(collection: &Collection) -> bool {
    collection.tables.values().any(|table| table.is_of_people())
}

fn kept(kept: &Kept) -> String {
    match kept {
        Kept::Value => "kept".to_owned(),
        Kept::Pseudonym(purpose) => format!("kept as a pseudonym ({purpose})"),
        Kept::Month => "kept as the month".to_owned(),
        Kept::District => "kept as the postcode district".to_owned(),
        Kept::Nothing => "checked, then left in the landed file".to_owned(),
    }
}

fn json(collection: &Collection, deliveries: usize, oldest: Option<jiff::Timestamp>) -> serde_json::Value {
    let columns: Vec<serde_json::Value> = collection
        .tables
        .values()
        .flat_map(|table| {
            table.columns.iter().map(|(name, column)| {
                serde_json::json!({
                    "table": table.name, "column": name, "class": column.class.word(), "kept": kept(&column.kept),
                })
            })
        })
        .collect();
    serde_json::json!({
        "collection": collection.name, "title": collection.title, "owner": collection.owner,
        "purpose": collection.purpose, "lawful_basis": collection.lawful_basis, "retention": collection.retention,
        "deliveries": deliveries, "oldest_received_at": oldest, "columns": columns,
    })
}

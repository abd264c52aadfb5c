//! `faults`: what is wrong with the data that has been read, whether it was published or stopped the publish.

use clap::Args;

use super::{Context, Failure, output};
use crate::run::read_deliveries;
use crate::warehouse::query_read;

#[derive(Debug, Args)]
pub(super) struct FaultsArgs {
    /// Only this collection
    #[arg(long)]
    collection: Option<String>,
    /// Only this severity: error, query or info
    #[arg(long, value_parser = ["error", "query", "info"])]
    severity: Option<String>,
    /// Only this rule
    #[arg(long)]
    rule: Option<String>,
    /// Count by file, rule and severity instead of listing
    #[arg(long)]
    summary: bool,
}

pub(super) fn faults(context: &Context, args: &FaultsArgs) -> Result<(), Failure> {
    let (place, definitions) = context.definitions()?;
    let read = read_deliveries(&place, &definitions)?;
    if read.is_empty() && !context.json {
        output::line("Nothing has been read yet: `sendmart run` reads what the sources bring");
        return Ok(());
    }
    let any = |value: &Option<String>| value.clone().unwrap_or_default();
    let (collection, severity, rule) = (any(&args.collection), any(&args.severity), any(&args.rule));
    let filter = "FROM meta.fault AS fault JOIN meta.delivery AS delivery USING (delivery_id) \
                  WHERE (?1 = '' OR delivery.collection = ?1) AND (?2 = '' OR fault.severity = ?2) AND (?3 = '' OR fault.rule_id = ?3)";
    let sql = if args.summary {
        format!(
            "SELECT delivery.file_name, fault.table_name, fault.rule_id, fault.severity, count(*) AS faults, min(fault.message) AS message {filter} \
             GROUP BY ALL ORDER BY faults DESC, file_name, rule_id"
        )
    } else {
        format!(
            "SELECT delivery.file_name, fault.sheet, fault.row_number, fault.cell, fault.rule_id, fault.severity, fault.raw_value, fault.message, fault.hint {filter} \
             ORDER BY delivery.file_name, fault.delivery_id, fault.row_number, fault.cell, fault.rule_id"
        )
    };
    let (schema, batches) = query_read(&place, &definitions, &read, &sql, &[&collection, &severity, &rule])?;
    output::table(&schema, &batches, context.json);
    Ok(())
}

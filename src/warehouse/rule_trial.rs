//! Whether the rules of a table are conditions over its columns: tried on no rows.

use std::path::Path;

use duckdb::Connection;

use super::dialect::name;
use super::duck::{self, run};
use super::statement::{self, Refused, StatementKind};
use super::{WarehouseError, contract};
use crate::definitions::{Definitions, Problem, Table};

/// The rules of a table, as conditions over its columns.
pub(super) fn rules(
    connection: &Connection,
    definitions: &Definitions,
    table: &Table,
    problems: &mut Vec<Problem>,
) -> Result<(), WarehouseError> {
    if table.rules.is_empty() {
        return Ok(());
    }
    let folder = definitions.collections.get(&table.collection).map(|collection| collection.folder.clone());
    let path = folder.unwrap_or_default().join("tables").join(format!("{}.toml", table.name));
    let columns: Vec<String> =
        contract::columns(table).iter().map(|column| format!("{} {}", name(&column.name), column.kind)).collect();
    run(
        connection,
        "make the table of a trial",
        &format!("CREATE OR REPLACE TEMP TABLE rows ({})", columns.join(", ")),
    )?;
    for (index, refused) in unsound_rules(connection, table)? {
        let message = format!(
            "rule `{}` of table `{}` does not fit the table: {}",
            table.rules[index].id, table.name, refused.message
        );
        let id = format!("\"{}\"", table.rules[index].id);
        let line = line_of(&path, |text| text.starts_with("id = ") && text.contains(&id)).map_or(0, |(line, _)| line);
        problems.push(Problem {
            path: path.clone(),
            line,
            column: usize::from(line > 0),
            code: "spec::rule",
            message,
            hint: refused.hint,
        });
    }
    Ok(())
}

/// What is wrong with the condition of each rule of a table, by its index: more than a condition, or one that does not fit `rows`.
pub(super) fn unsound_rules(connection: &Connection, table: &Table) -> Result<Vec<(usize, Refused)>, WarehouseError> {
    let mut found = Vec::new();
    let mut conditions = Vec::new();
    for (index, rule) in table.rules.iter().enumerate() {
        match statement::problem(connection, &rule.check, StatementKind::Condition)? {
            Some(refused) => found.push((index, refused)),
            None => conditions.push((index, rule.check.clone())),
        }
    }
    if conditions.is_empty() {
        return Ok(found);
    }
    // All at once, since nearly always all fit; else one by one, to tell which does not.
    match unfit(connection, &conditions) {
        Ok(unfit) => found.extend(unfit),
        Err(_) => {
            for condition in conditions {
                let index = condition.0;
                found.extend(unfit(connection, &[condition]).unwrap_or_else(|error| {
                    let said = duck::message(&error);
                    vec![(index, no_condition(said.lines().next().unwrap_or_default().to_owned()))]
                }));
            }
        }
    }
    found.sort_by_key(|(index, _)| *index);
    Ok(found)
}

/// Asks conditions over the columns of `rows` in the form in which rules are counted; gives those that are none.
fn unfit(connection: &Connection, conditions: &[(usize, String)]) -> Result<Vec<(usize, Refused)>, duckdb::Error> {
    let counted: Vec<String> = conditions
        .iter()
        .map(|(_, check)| format!("count(*) FILTER (WHERE NOT coalesce(({check}\n), true))"))
        .collect();
    connection.prepare(&format!("SELECT {} FROM rows", counted.join(", ")))?;
    let named: Vec<String> = conditions.iter().map(|(index, check)| format!("({check}\n) AS rule_{index}")).collect();
    let mut statement = connection.prepare(&format!("DESCRIBE SELECT {} FROM rows", named.join(", ")))?;
    let kinds: Vec<String> = statement.query_map([], |row| row.get(1))?.collect::<Result<_, _>>()?;
    let others = conditions.iter().zip(kinds).filter(|(_, kind)| kind != "BOOLEAN");
    Ok(others.map(|((index, _), kind)| (*index, no_condition(format!("it is of type {kind}")))).collect())
}

fn no_condition(message: String) -> Refused {
    Refused { message, hint: "a rule is a SQL condition over the columns of its table".to_owned(), at: None }
}

/// The first such line of a file, 1-based, and its text; none where it cannot be read.
pub(super) fn line_of(path: &Path, is_it: impl Fn(&str) -> bool) -> Option<(usize, String)> {
    let text = std::fs::read_to_string(path).ok()?;
    let mut lines = text.lines().map(str::trim).enumerate();
    lines.find(|(_, line)| is_it(line)).map(|(index, line)| (index + 1, line.to_owned()))
}

//! What a frozen state is made of, asked of its generation; and the part of its values that a board reads.

use super::board_pack::{FrozenState, PackInput};
use super::question::{AskFigures, rows};
use super::values::BoardPages;
use crate::definitions::Board;
use crate::warehouse::WarehouseError;

/// What a generation is made of.
///
/// # Errors
/// [`WarehouseError`] when it cannot be asked.
pub fn frozen_state(ask: &AskFigures<'_>) -> Result<FrozenState, WarehouseError> {
    let columns = ["known_at", "timezone", "definition_hash", "fingerprint"];
    let found = rows(ask, &columns, "FROM meta.generation")?;
    let word = |column: usize| found.first().map(|row| row.word(column)).unwrap_or_default();
    let columns = ["delivery_id", "collection", "file_name", "received_at", "sha256", "rows_accepted"];
    let from = "FROM meta.delivery WHERE refused_code IS NULL \
                ORDER BY collection NULLS LAST, file_name NULLS LAST, received_at NULLS LAST, delivery_id NULLS LAST";
    let inputs = rows(ask, &columns, from)?;
    Ok(FrozenState {
        known_until: word(0),
        zone: word(1),
        definitions: word(2),
        fingerprint: word(3),
        inputs: inputs
            .iter()
            .map(|row| PackInput {
                delivery: row.word(0),
                collection: row.word(1),
                file: row.word(2),
                received: row.word(3),
                sha256: row.word(4),
                rows: row.count(5),
            })
            .collect(),
    })
}

/// Leaves of the values what a board reads: the KPIs of its areas, and what is missing of them.
pub fn of_board(pages: &mut BoardPages<'_>, board: &Board) {
    pages.kpis.retain(|one| board.areas.contains(&one.kpi.area));
    let ids: std::collections::BTreeSet<&str> = pages.kpis.iter().map(|one| one.kpi.id.as_str()).collect();
    for missing in &mut pages.missing {
        missing.kpis.retain(|id| ids.contains(id.as_str()));
    }
    pages.missing.retain(|missing| !missing.kpis.is_empty());
}

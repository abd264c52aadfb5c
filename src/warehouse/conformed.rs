//! `conformed.*`: the typed rows of all deliveries that count, each with whether a later delivery has replaced it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::build::BuildInput;
use super::dialect::{name, names, text};
use super::engine::Engine;
use super::{WarehouseError, contract};
use crate::definitions::{Definitions, Disposition, Table, foreign_tables};
use crate::lake::Place;
use crate::model::{self, Book, Delivery, DeliveryId, Zone, hex};

/// The deliveries, as the views need them.
pub(super) const DELIVERIES: &str = "conformed._delivery";

/// Makes a view of each table, and an empty table of one of which nothing came.
pub(super) fn views<'t>(
    engine: &dyn Engine,
    place: &Place,
    deliveries: &[(Delivery, Book)],
    zone: &Zone,
    tables: impl Iterator<Item = &'t Table>,
) -> Result<(), WarehouseError> {
    let views = Views::new(engine, place, deliveries, zone)?;
    for table in tables {
        views.make(table)?;
    }
    Ok(())
}

/// Makes views of conformed rows: of each table once. Making one opens every part of its table.
pub(super) struct Views<'a> {
    engine: &'a dyn Engine,
    place: &'a Place,
    deliveries: &'a [(Delivery, Book)],
    ranks: BTreeMap<&'a DeliveryId, usize>,
    made: RefCell<BTreeSet<String>>,
}

impl<'a> Views<'a> {
    /// Lists the deliveries, which every view joins.
    pub(super) fn new(
        engine: &'a dyn Engine,
        place: &'a Place,
        deliveries: &'a [(Delivery, Book)],
        zone: &Zone,
    ) -> Result<Self, WarehouseError> {
        let ranks = model::ranks(deliveries.iter().map(|(delivery, _)| delivery));
        list_deliveries(engine, deliveries, &ranks, zone)?;
        Ok(Self { engine, place, deliveries, ranks, made: RefCell::default() })
    }

    /// Makes the views that a statement reads, where they are not made.
    pub(super) fn read_by(&self, sql: &str, definitions: &Definitions) -> Result<(), WarehouseError> {
        let read = foreign_tables(sql);
        let read: BTreeSet<&str> = read.iter().filter_map(|table| table.strip_prefix("conformed.")).collect();
        definitions
            .tables()
            .filter(|table| read.contains(table.view_name().as_str()))
            .try_for_each(|table| self.make(table))
    }

    /// Whether no row of a table came.
    pub(super) fn is_empty(&self, table: &Table) -> bool {
        LakeParts::of(table, self.place, self.deliveries, &self.ranks).files.is_empty()
    }

    /// Makes the view of a table, or its empty table, where it is not made.
    pub(super) fn make(&self, table: &Table) -> Result<(), WarehouseError> {
        let (engine, view) = (self.engine, table.view_name());
        if !self.made.borrow_mut().insert(view.clone()) {
            return Ok(());
        }
        let named = format!("conformed.{}", name(&view));
        let doing = format!("read the conformed rows of {}.{}", table.collection, table.name);
        let parts = LakeParts::of(table, self.place, self.deliveries, &self.ranks);
        if parts.files.is_empty() {
            return no_rows(engine, &doing, &named, table);
        }
        let files = engine.dialect().parquet(&parts.files);
        let standing = parts.standing(table, &files);
        let name_of_standing = standing_of(table);
        if let Some(standing) = &standing {
            engine.create(&doing, &name_of_standing, standing)?;
        }
        let sql = with_standing(table, &parts, &files, standing.is_some().then_some(name_of_standing.as_str()));
        engine.view(&doing, &named, &sql)
    }
}

/// What the view of each table is made of, by its name: the contract, and the parts with what replaces what. Two that are equal have the
/// same rows in the same order.
pub(super) fn recipes(input: &BuildInput<'_>) -> BTreeMap<String, String> {
    let ranks = model::ranks(input.deliveries.iter().map(|(delivery, _)| delivery));
    let corrected = model::corrected(input.deliveries.iter().map(|(delivery, _)| delivery));
    let zone = &input.definitions.settings.zone;
    let of_table = |table: &Table| {
        let columns: Vec<String> =
            contract::columns(table).iter().map(|column| format!("{} {}", column.name, column.kind)).collect();
        let mut lines =
            vec![format!("{columns:?} {:?} {:?}", table.disposition, table.replaced_by().collect::<Vec<_>>())];
        let mut deliveries: Vec<_> =
            input.deliveries.iter().filter(|(delivery, _)| delivery.collection == table.collection).collect();
        deliveries.sort_by_key(|(delivery, _)| rank_of(&ranks, delivery));
        for (delivery, book) in deliveries {
            for part in book.tables.iter().filter(|part| part.table == table.name) {
                lines.push(format!(
                    "{} {} {} {:?} {:?}",
                    delivery.delivery_id,
                    zone.stamp(delivery.received_at),
                    corrected.contains(&delivery.delivery_id),
                    part.conformed.as_ref().map(|file| (file.rows, &file.sha256)),
                    part.speaks_for
                ));
            }
        }
        (table.view_name(), hex(&Sha256::digest(lines.join("\n").as_bytes())))
    };
    input.definitions.tables().map(of_table).collect()
}

fn list_deliveries(
    engine: &dyn Engine,
    deliveries: &[(Delivery, Book)],
    ranks: &BTreeMap<&DeliveryId, usize>,
    zone: &Zone,
) -> Result<(), WarehouseError> {
    let corrected = model::corrected(deliveries.iter().map(|(delivery, _)| delivery));
    // The first row says of which types the columns are, also where there is no delivery.
    let mut rows = vec![
        "(CAST(NULL AS VARCHAR), CAST(NULL AS BIGINT), CAST(NULL AS TIMESTAMP), CAST(NULL AS BOOLEAN))".to_owned(),
    ];
    rows.extend(deliveries.iter().map(|(delivery, _)| {
        format!(
            "({}, {}, CAST({} AS TIMESTAMP), {})",
            text(&delivery.delivery_id.0),
            rank_of(ranks, delivery),
            text(&zone.stamp(delivery.received_at)),
            corrected.contains(&delivery.delivery_id)
        )
    }));
    let sql = format!(
        "SELECT * FROM (VALUES {}) AS listed (delivery_id, rank, received_at, is_corrected) WHERE delivery_id IS NOT NULL",
        rows.join(", ")
    );
    engine.create("list the deliveries", DELIVERIES, &sql)
}

/// What is in the lake of one table.
#[derive(Default)]
struct LakeParts {
    files: Vec<PathBuf>,
    /// The rank of the last delivery with a row.
    newest: i64,
    /// Deliveries without a row: what each speaks for.
    empty: Vec<String>,
}

impl LakeParts {
    fn of(table: &Table, place: &Place, deliveries: &[(Delivery, Book)], ranks: &BTreeMap<&DeliveryId, usize>) -> Self {
        let mut parts = Self { newest: -1, ..Self::default() };
        for (delivery, book) in deliveries.iter().filter(|(delivery, _)| delivery.collection == table.collection) {
            let rank = rank_of(ranks, delivery);
            for part in book.tables.iter().filter(|part| part.table == table.name) {
                if let Some(file) = part.conformed.as_ref().filter(|file| file.rows > 0) {
                    parts.files.push(place.lake().join(&file.path));
                    parts.newest = parts.newest.max(rank);
                } else {
                    parts.empty.extend(spoken_for(table, &part.speaks_for, rank));
                }
            }
        }
        parts.files.sort();
        parts
    }
}

impl LakeParts {
    /// How each delivery stands in each period that it speaks for, where several may: reckoned once, and not each time that the view is
    /// read. A view that compared the ranks itself would have the engine hold every delivery against every period.
    fn standing(&self, table: &Table, files: &str) -> Option<String> {
        let keys = names(table.replaced_by());
        let is_of_several = self.files.len() + self.empty.len() > 1;
        (table.disposition == Disposition::ReplacePeriod && is_of_several && !keys.is_empty()).then(|| {
            format!(
                "WITH spoken AS (SELECT {own}, part._delivery, max(delivery.rank) AS _rank, max(delivery.received_at) AS _received_at \
                 FROM {files} AS part INNER JOIN {DELIVERIES} AS delivery ON delivery.delivery_id = part._delivery \
                 GROUP BY {own}, part._delivery), \
                 latest AS (SELECT {keys}, max(_rank) AS _rank FROM (SELECT {keys}, _rank FROM spoken {empty}) AS told GROUP BY {keys}) \
                 SELECT {of_spoken}, spoken._delivery, spoken._received_at, spoken._rank < latest._rank AS _superseded \
                 FROM spoken INNER JOIN latest ON {equal}",
                own = of("part", table),
                of_spoken = of("spoken", table),
                empty = self.empty.concat(),
                equal = equal(table.replaced_by(), "spoken", "latest"),
            )
        })
    }
}

/// The columns by which rows of a table are replaced, of one relation.
fn of(relation: &str, table: &Table) -> String {
    table.replaced_by().map(|column| format!("{relation}.{}", name(column))).collect::<Vec<_>>().join(", ")
}

/// The table of how each delivery stands in each period, where several parts of a table came: see [`LakeParts::standing`].
pub(super) fn standing_of(table: &Table) -> String {
    format!("conformed.{}", name(&format!("_standing_{}", table.view_name())))
}

/// Whether two relations have the same of these columns.
pub(super) fn equal<'c>(columns: impl Iterator<Item = &'c str>, left: &str, right: &str) -> String {
    let columns = columns.map(|column| format!("{left}.{0} IS NOT DISTINCT FROM {right}.{0}", name(column)));
    columns.collect::<Vec<_>>().join(" AND ")
}

fn rank_of(ranks: &BTreeMap<&DeliveryId, usize>, delivery: &Delivery) -> i64 {
    ranks.get(&delivery.delivery_id).and_then(|rank| i64::try_from(*rank).ok()).unwrap_or(-1)
}

/// An empty table of the columns that a table's rows would have.
pub(super) fn no_rows(engine: &dyn Engine, doing: &str, named: &str, table: &Table) -> Result<(), WarehouseError> {
    let own = contract::columns(table);
    let own = own.iter().map(|column| (column.name.as_str(), column.kind.as_str()));
    let columns: Vec<(&str, &str)> = own.chain(contract::STANDING.iter().map(|column| (column.0, column.1))).collect();
    engine.empty(doing, named, &columns)
}

/// The rows of all parts, with when each was received and whether it is superseded. `standing` is the table of [`LakeParts::standing`].
fn with_standing(table: &Table, parts: &LakeParts, files: &str, standing: Option<&str>) -> String {
    let columns = contract::columns(table);
    let own = columns.iter().map(|column| format!("part.{}", name(&column.name))).collect::<Vec<_>>().join(", ");
    if let Some(standing) = standing {
        // Each row has a standing; an outer join that stays one leaves the engine with as many rows as it knows the parts to have.
        return format!(
            "SELECT {own}, standing._received_at, coalesce(standing._superseded, FALSE) AS _superseded FROM {files} AS part \
             LEFT JOIN {standing} AS standing ON standing._delivery = part._delivery AND {}",
            equal(table.replaced_by(), "part", "standing")
        );
    }
    let superseded = match table.disposition {
        Disposition::ReplaceAll => format!("delivery.rank < {}", parts.newest),
        _ => "delivery.is_corrected".to_owned(),
    };
    format!(
        "SELECT {own}, delivery.received_at AS _received_at, {superseded} AS _superseded FROM {files} AS part \
         INNER JOIN {DELIVERIES} AS delivery ON delivery.delivery_id = part._delivery"
    )
}

/// What a delivery without a row speaks for, as one more row of the list of what each delivery speaks for. None when neither
/// its file's name nor its layout says it.
fn spoken_for(table: &Table, speaks_for: &BTreeMap<String, String>, rank: i64) -> Option<String> {
    let mut values = Vec::new();
    for column in table.replaced_by() {
        let kind = contract::sql_type(table.columns.get(column)?.kind);
        values.push(format!("CAST({} AS {kind})", text(speaks_for.get(column)?)));
    }
    (!values.is_empty()).then(|| format!("UNION ALL SELECT {}, {rank} ", values.join(", ")))
}

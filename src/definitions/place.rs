//! All that people have written for a place, as one value.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::{Boards, Check, Collection, Foreign, KeyPlace, Kpi, Mart, Rebase, Source, Supplier, Table, Targets};
use crate::model::{Delivery, Zone};

/// Everything that a run needs to know, checked.
#[derive(Debug, Clone)]
pub struct Definitions {
    /// Collections by name. Those that the config leaves out have tables, so that marts can name them, and no rows.
    pub collections: BTreeMap<String, Arc<Collection>>,
    /// Sources of all collections, in a fixed order.
    pub sources: Vec<Source>,
    /// How this place runs.
    pub settings: Settings,
    /// Named expressions that the SQL below calls, by name.
    pub macros: Vec<super::Macro>,
    /// Marts, each after those that it reads.
    pub marts: Vec<Mart>,
    /// Checks, by name.
    pub checks: Vec<Check>,
    /// KPIs, those on published counts first, by id.
    pub kpis: Vec<Kpi>,
    /// What leads from one table of schema `mart` to another.
    pub relations: Vec<Foreign>,
    /// Who governs: read by people and packs, and by no figure.
    pub boards: Boards,
    /// What is hidden before figures leave the council; decides no figure of a generation.
    pub disclosure: super::DisclosurePolicies,
    /// What values are to reach.
    pub targets: Targets,
    /// SHA-256 over every definition file (pipelines, codes, SQL, targets) and the program's version, in hexadecimal.
    pub hash: String,
}

impl Definitions {
    /// Every table of every collection, in a fixed order.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.collections.values().flat_map(|collection| collection.tables.values()).map(AsRef::as_ref)
    }

    /// Who supplied a delivery, as its source declares it; none where no source does, or its pattern does not match.
    #[must_use]
    pub fn supplier(&self, delivery: &Delivery) -> Option<String> {
        let brings =
            |source: &&Source| source.collection == delivery.collection && source.kind.brings(&delivery.source);
        self.sources.iter().filter(brings).find_map(|source| match source.supplier.as_ref()? {
            Supplier::Named(name) => Some(name.clone()),
            Supplier::From(pattern) => Some(pattern.captures(&delivery.source)?.get(1)?.as_str().to_owned()),
        })
    }

    /// These marts and those that they are made of, each once.
    #[must_use]
    pub fn marts_behind<'a>(&'a self, read: &'a [String]) -> Vec<&'a str> {
        let mut names: Vec<&str> = Vec::new();
        for name in read {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        let mut at = 0;
        while let Some(name) = names.get(at).copied() {
            at += 1;
            let reads = self.marts.iter().filter(|mart| mart.name == name).flat_map(|mart| &mart.reads);
            for read in reads {
                if !names.contains(&read.as_str()) {
                    names.push(read);
                }
            }
        }
        names
    }

    /// Every mart that the values of a KPI, and the rows behind them, are read from; not those that these are made of.
    #[must_use]
    pub fn marts_of(&self, kpi: &Kpi) -> Vec<String> {
        let standing = kpi.series.iter().filter_map(|series| series.standing.as_deref());
        let rows = kpi.rows.iter().flat_map(super::Behind::written).map(|(_, sql)| sql).chain(standing);
        kpi.reads.iter().cloned().chain(rows.flat_map(|sql| super::read_tables(sql).0)).collect()
    }

    /// The tables of returns behind a mart, whatever marts lie between, each as `collection.table`.
    #[must_use]
    pub fn returns_behind(&self, mart: &str) -> Vec<String> {
        let read = [mart.to_owned()];
        let names: BTreeSet<&str> = self.marts_behind(&read).into_iter().collect();
        let of_marts = self.marts.iter().filter(|mart| names.contains(mart.name.as_str()));
        let views: BTreeSet<&str> = of_marts
            .flat_map(|mart| mart.sql.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')))
            .filter_map(|word| word.strip_prefix("conformed."))
            .collect();
        let is_read = |table: &&Table| {
            table.mart.as_ref().is_some_and(|mart| names.contains(mart.as_str()))
                || views.contains(table.view_name().as_str())
        };
        self.tables().filter(is_read).map(|table| format!("{}.{}", table.collection, table.name)).collect()
    }

    /// The collections behind a mart, whatever marts lie between.
    #[must_use]
    pub fn collections_behind(&self, mart: &str) -> BTreeSet<String> {
        let tables = self.returns_behind(mart);
        tables.iter().filter_map(|table| Some(table.split_once('.')?.0.to_owned())).collect()
    }

    /// The collections whose deliveries count here.
    pub fn running(&self) -> impl Iterator<Item = &Arc<Collection>> {
        self.collections.values().filter(|collection| collection.runs)
    }
}

/// How this place runs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Worker threads.
    pub threads: usize,
    /// Memory for DuckDB, in megabytes.
    pub duckdb_megabytes: u64,
    /// Seconds after which a statement of a definition is stopped.
    pub sql_seconds: u64,
    /// Generations kept beside the live one.
    pub keep_generations: u32,
    /// Where outputs go, relative to the place.
    pub var: PathBuf,
    /// Three-digit code of the authority whose place this is, a code of the list `la`; `None` leaves it to the returns.
    pub authority: Option<String>,
    /// Where the key of pseudonyms is, if this place has one.
    pub key: Option<KeyPlace>,
    /// What a day is here.
    pub zone: Zone,
    /// The file of boards; none where nothing names one and there is none.
    pub boards: Option<PathBuf>,
    /// The file of targets, likewise.
    pub targets: Option<PathBuf>,
    /// Declared changes of processes, those of each config after those below it.
    pub rebases: Vec<Rebase>,
    /// Whom a night tells how it went.
    pub alerts: Vec<super::AlertChannel>,
}

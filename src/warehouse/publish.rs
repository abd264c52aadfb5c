//! Sealing and publishing: a generation is verified by another process, moved among the generations, and linked over the
//! one stable path by a rename. Recovery after a crash, rollback, and clearing away old generations.
//!
//! The rename is the commit: before it the old generation is served, after it the new one.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::WarehouseError;
use super::duck::{self, read_only};
use super::engine::EngineLimits;
use crate::lake::{
    FileError, Place, clear_temporaries, create_dir_shared, fsync_dir, fsync_file, sha256_file, write_atomic,
};
use crate::model::DeliveryId;

/// What the live generation is: `CURRENT.json`, and `manifest.json` of each generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Current {
    /// Its number.
    pub generation: u64,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Hash of everything that decides its content.
    pub fingerprint: String,
    /// The run that built it.
    pub run_id: String,
    /// When it was built.
    pub published_at: Timestamp,
    /// The date that its KPIs speak for.
    pub as_of: String,
    /// Rows of all tables.
    pub rows: u64,
    /// Hash of the definitions that it was made with; none where an older program published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definitions: Option<String>,
}

/// What another process found in a generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// Its number.
    pub generation: u64,
    /// Its fingerprint.
    pub fingerprint: String,
    /// The run that built it.
    pub run_id: String,
    /// The date that its KPIs speak for.
    pub as_of: String,
    /// Rows of all tables, each read to its end.
    pub rows: u64,
    /// Hash of the definitions that it was made with.
    pub definitions: String,
}

/// Opens a generation read-only and reads every table to its end. Run in a process that did not write it.
///
/// # Errors
/// [`WarehouseError`] when it cannot be opened, a table cannot be read, or its books do not balance.
pub fn verify(path: &Path) -> Result<Verification, WarehouseError> {
    let connection = read_only(path, EngineLimits { threads: 2, megabytes: 512, seconds: 900 })?;
    let failed = |error| WarehouseError::database("verify the generation")(error);
    let mut found = connection
        .query_row(
            "SELECT generation, fingerprint, run_id, CAST(as_of AS VARCHAR), definition_hash FROM meta.generation",
            [],
            |row| {
                Ok(Verification {
                    generation: row.get(0)?,
                    fingerprint: row.get(1)?,
                    run_id: row.get(2)?,
                    as_of: row.get(3)?,
                    rows: 0,
                    definitions: row.get(4)?,
                })
            },
        )
        .map_err(failed)?;
    let mut statement = connection
        .prepare("SELECT '\"' || schema_name || '\".\"' || table_name || '\"' FROM duckdb_tables() WHERE NOT internal ORDER BY 1")
        .map_err(failed)?;
    let tables = statement.query_map([], |row| row.get::<_, String>(0)).map_err(failed)?;
    for table in tables {
        let table = table.map_err(failed)?;
        found.rows += duck::count(&connection, "verify the generation", &format!("SELECT count(*) FROM {table}"))?;
    }
    let unbalanced = duck::count(
        &connection,
        "verify the books",
        "SELECT count(*) FROM meta.delivery WHERE rows_read <> rows_accepted + rows_quarantined + rows_skipped \
         OR lines_read <> rows_read + lines_header + lines_within",
    )?;
    if unbalanced > 0 {
        return Err(WarehouseError::Verification {
            message: format!("the books of {unbalanced} deliveries do not balance"),
        });
    }
    Ok(found)
}

/// Seals the file that was built and publishes it.
///
/// # Errors
/// [`WarehouseError`]; the old generation is then still served.
pub fn publish(
    place: &Place,
    built: &Path,
    generation: u64,
    now: Timestamp,
    verifier: &dyn Fn(&Path) -> Result<Verification, WarehouseError>,
) -> Result<Current, WarehouseError> {
    refuse_strays(place)?;
    let found = verifier(built)?;
    if found.generation != generation {
        return Err(WarehouseError::Verification {
            message: format!("it says that it is generation {}", found.generation),
        });
    }
    fs::set_permissions(built, Permissions::from_mode(0o440)).map_err(FileError::at("set the mode of", built))?;
    fsync_file(built)?;
    let folder = place.generation(generation);
    create_dir_shared(&folder)?;
    let sealed = folder.join("sendmart.duckdb");
    fs::rename(built, &sealed).map_err(FileError::at("put in place", &sealed))?;
    let current = Current {
        generation,
        sha256: sha256_file(&sealed)?,
        fingerprint: found.fingerprint,
        run_id: found.run_id,
        published_at: now,
        as_of: found.as_of,
        rows: found.rows,
        definitions: Some(found.definitions),
    };
    // A generation with a manifest is whole; one without is cleared away by the next run.
    write_atomic(&folder.join("manifest.json"), &json(&current))?;
    fsync_dir(&folder)?;
    fsync_dir(&place.generations())?;
    commit(place, &current)?;
    Ok(current)
}

/// The step that readers see: the live path becomes this generation.
fn commit(place: &Place, current: &Current) -> Result<(), WarehouseError> {
    refuse_strays(place)?;
    let sealed = place.generation(current.generation).join("sendmart.duckdb");
    let warehouse = place.warehouse();
    let temporary = warehouse.join(format!(".sendmart.duckdb.tmp.{}", current.generation));
    let _ = fs::remove_file(&temporary);
    if fs::hard_link(&sealed, &temporary).is_err() {
        // No hard links here (exFAT, some shares): a copy does the same, slower.
        fs::copy(&sealed, &temporary).map_err(FileError::at("copy to", &temporary))?;
        fsync_file(&temporary)?;
    }
    fs::rename(&temporary, place.live()).map_err(FileError::at("put in place", &place.live()))?;
    // It is live from here: what fails now is mended by the next run, and is no reason to say that it is not.
    let _ = fs::remove_file(&temporary);
    let settled = fsync_dir(&warehouse).and_then(|()| write_atomic(&place.current(), &json(current)));
    if let Err(error) = settled {
        tracing::warn!(generation = current.generation, %error, "Published, and what is said of it is not yet on the disk: the next run writes it");
    }
    Ok(())
}

/// Publishes an older generation again.
///
/// # Errors
/// [`WarehouseError::NoSuchGeneration`] with those that there are.
pub fn rollback(place: &Place, generation: u64) -> Result<Current, WarehouseError> {
    let kept = generations(place);
    let Some(current) = kept.iter().find(|kept| kept.generation == generation) else {
        let kept = kept.iter().map(|kept| kept.generation).collect();
        return Err(WarehouseError::NoSuchGeneration { asked: generation, kept });
    };
    commit(place, current)?;
    Ok(current.clone())
}

/// The generations that are kept, oldest first.
#[must_use]
pub fn generations(place: &Place) -> Vec<Current> {
    let mut found: Vec<Current> = fs::read_dir(place.generations())
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| serde_json::from_slice(&fs::read(entry.path().join("manifest.json")).ok()?).ok())
        .collect();
    found.sort_by_key(|current: &Current| current.generation);
    found
}

/// The number for the next generation: higher than any that ever was.
#[must_use]
pub fn next_generation(place: &Place) -> u64 {
    let folders = fs::read_dir(place.generations()).into_iter().flatten().flatten();
    let highest = folders.filter_map(|entry| entry.file_name().to_str()?.parse::<u64>().ok()).max().unwrap_or(0);
    highest.max(live(place).map_or(0, |current| current.generation)) + 1
}

/// What is live, if anything is.
#[must_use]
pub fn live(place: &Place) -> Option<Current> {
    if !place.live().is_file() {
        return None;
    }
    serde_json::from_slice(&fs::read(place.current()).ok()?).ok()
}

/// A delivery as it stands in the live generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveDelivery {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Its rows that were accepted.
    pub rows_accepted: u64,
    /// Whether the file was refused: it stands there without a row.
    pub is_refused: bool,
}

/// The deliveries that the live generation has; none before the first publish.
///
/// # Errors
/// [`WarehouseError`] when the live file cannot be asked.
pub fn live_deliveries(place: &Place) -> Result<Vec<LiveDelivery>, WarehouseError> {
    if !place.live().is_file() {
        return Ok(Vec::new());
    }
    let failed = |error| WarehouseError::database("ask what the live generation has")(error);
    let connection = read_only(&place.live(), EngineLimits { threads: 1, megabytes: 256, seconds: 60 })?;
    let mut statement = connection
        .prepare("SELECT delivery_id, rows_accepted, refused_code IS NOT NULL FROM meta.delivery")
        .map_err(failed)?;
    let rows = statement.query_map([], |row| {
        Ok(LiveDelivery { delivery_id: DeliveryId(row.get(0)?), rows_accepted: row.get(1)?, is_refused: row.get(2)? })
    });
    rows.map_err(failed)?.collect::<Result<_, _>>().map_err(failed)
}

/// What a generation was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeOf {
    /// The date that its KPIs speak for.
    pub as_of: String,
    /// Hash of its definitions.
    pub definitions: String,
    /// The deliveries that count in it.
    pub deliveries: BTreeSet<DeliveryId>,
}

/// Asks a generation what it was made of.
///
/// # Errors
/// [`WarehouseError`] when its file cannot be asked.
pub fn made_of(path: &Path) -> Result<MadeOf, WarehouseError> {
    let failed = |error| WarehouseError::database("ask what a generation was made of")(error);
    let connection = read_only(path, EngineLimits { threads: 1, megabytes: 256, seconds: 60 })?;
    let mut statement = connection.prepare("SELECT delivery_id FROM meta.delivery").map_err(failed)?;
    let rows = statement.query_map([], |row| Ok(DeliveryId(row.get(0)?))).map_err(failed)?;
    let deliveries = rows.collect::<Result<_, _>>().map_err(failed)?;
    let said = "SELECT CAST(as_of AS VARCHAR), definition_hash FROM meta.generation";
    let of = |row: &duckdb::Row<'_>| Ok(MadeOf { as_of: row.get(0)?, definitions: row.get(1)?, deliveries });
    connection.query_row(said, [], of).map_err(failed)
}

/// Clears away what a killed run left, and makes `CURRENT.json` say what the live file is. The run lock is held.
///
/// # Errors
/// [`WarehouseError`] when something cannot be removed, or the live file cannot be opened.
pub fn recover(place: &Place) -> Result<(), WarehouseError> {
    let staging = place.staging("");
    if staging.is_dir() {
        fs::remove_dir_all(&staging).map_err(FileError::at("remove", &staging))?;
    }
    for entry in fs::read_dir(place.generations()).into_iter().flatten().flatten() {
        if !entry.path().join("manifest.json").is_file() {
            remove_generation(&entry.path())?;
        }
    }
    for folder in [place.warehouse(), place.lake(), place.ledger()] {
        clear_temporaries(&folder)?;
    }
    refuse_strays(place)?;
    if !place.live().is_file() {
        // Somebody took it away, or the disk lost it: a place that never published has no word of one.
        return if place.current().is_file() { serve_last_whole(place, "it is not there") } else { Ok(()) };
    }
    settle_current(place)?;
    let published = live(place);
    if published.is_some_and(|current| sha256_file(&place.live()).is_ok_and(|found| found == current.sha256)) {
        return Ok(());
    }
    serve_last_whole(place, "its bytes are not those that were published")
}

/// Puts a live file right that is damaged: the newest generation whose bytes are whole is served. Where there is none, nothing is, and the
/// next build makes all of it again out of the lake.
fn serve_last_whole(place: &Place, why: &str) -> Result<(), WarehouseError> {
    let path = place.live();
    for kept in generations(place).iter().rev() {
        let folder = place.generation(kept.generation);
        if sha256_file(&folder.join("sendmart.duckdb")).is_ok_and(|found| found == kept.sha256) {
            tracing::warn!(path = %path.display(), generation = kept.generation, why, "The live file was damaged: a kept generation is served");
            return commit(place, kept);
        }
        // Its number stays taken until this run has published, and the next one clears it away.
        let manifest = folder.join("manifest.json");
        fs::rename(&manifest, folder.join("damaged.json")).map_err(FileError::at("set aside", &manifest))?;
    }
    tracing::warn!(path = %path.display(), why, "The live file was damaged, and no kept generation is whole: all is made again");
    for gone in [path, place.current()] {
        match fs::remove_file(&gone) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(FileError::at("remove", &gone)(error).into());
            }
            _ => {}
        }
    }
    Ok(())
}

/// Makes `CURRENT.json` say what the live file is, where a kill came between the two.
fn settle_current(place: &Place) -> Result<(), WarehouseError> {
    let same = |kept: &Current| same_file(&place.live(), &place.generation(kept.generation).join("sendmart.duckdb"));
    if live(place).is_some_and(|current| same(&current)) {
        return Ok(());
    }
    if let Some(current) = generations(place).iter().rev().find(|kept| same(kept)) {
        write_atomic(&place.current(), &json(current))?;
        return Ok(());
    }
    // Published by copy, or its generation is gone: ask the file itself. One that gives no answer is damaged.
    let Ok(found) = verify(&place.live()) else { return Ok(()) };
    if live(place).is_none_or(|current| current.generation != found.generation) {
        let manifest = generations(place).into_iter().find(|kept| kept.generation == found.generation);
        let current = manifest.unwrap_or(Current {
            generation: found.generation,
            sha256: sha256_file(&place.live())?,
            fingerprint: found.fingerprint,
            run_id: found.run_id,
            published_at: Timestamp::UNIX_EPOCH,
            as_of: found.as_of,
            rows: found.rows,
            definitions: Some(found.definitions),
        });
        write_atomic(&place.current(), &json(&current))?;
    }
    Ok(())
}

/// Removes the oldest generations beyond `keep`, never the live one.
///
/// # Errors
/// [`WarehouseError`] when one cannot be removed.
pub fn clear_old(place: &Place, keep: usize) -> Result<(), WarehouseError> {
    let live = live(place).map(|current| current.generation);
    let kept = generations(place);
    for old in kept.iter().rev().skip(keep + 1).filter(|old| Some(old.generation) != live) {
        remove_generation(&place.generation(old.generation))?;
    }
    Ok(())
}

fn remove_generation(folder: &PathBuf) -> Result<(), WarehouseError> {
    // The manifest goes first: without it the rest is known to be incomplete.
    let _ = fs::remove_file(folder.join("manifest.json"));
    fs::remove_dir_all(folder).map_err(FileError::at("remove", folder))?;
    Ok(())
}

fn refuse_strays(place: &Place) -> Result<(), WarehouseError> {
    let wal = place.live().with_extension("duckdb.wal");
    if wal.exists() { Err(WarehouseError::Stray { path: wal }) } else { Ok(()) }
}

fn same_file(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (fs::metadata(a), fs::metadata(b)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

fn json(current: &Current) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(current).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

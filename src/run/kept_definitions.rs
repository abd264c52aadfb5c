//! The definitions that generations were made with, kept beside them: yesterday's figures can be computed again tomorrow.
//!
//! ```text
//! sql/ pipelines/ config/codes ─► warehouse/definitions/<hash>.zip ─► Definitions, as they were
//! ```
//!
//! One file for each that differs; what no kept generation was made with is cleared away. Rows are those that the lake has: a delivery
//! that was read again by other contracts is not read back, so the contracts of an old state are those of now.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::RunError;
use crate::definitions::{DefinitionFiles, Definitions, load};
use crate::lake::{FileError, Place, create_dir_shared, write_atomic};
use crate::warehouse::{generations, live};

fn file_of(place: &Place, hash: &str) -> PathBuf {
    place.kept_definitions().join(format!("{hash}.zip"))
}

/// Keeps the definitions that a generation is about to be made with.
pub(super) fn keep(place: &Place, definitions: &Definitions) -> Result<(), RunError> {
    let path = file_of(place, &definitions.hash);
    if path.is_file() {
        return Ok(());
    }
    let files = DefinitionFiles::read(place.root(), definitions.settings.targets.as_deref());
    if files.hash() != definitions.hash {
        // They were edited since they were read: the next run has them as they are.
        tracing::warn!("Definitions changed while the run was under way: those of this generation are not kept");
        return Ok(());
    }
    let packed =
        packed(&files).map_err(|error| RunError::Read(format!("the definitions cannot be packed: {error}")))?;
    create_dir_shared(&place.kept_definitions())?;
    Ok(write_atomic(&path, &packed)?)
}

/// The definitions of a place as they stand, packed: the same files are the same bytes.
///
/// # Errors
/// [`RunError::Read`] when they are not those that were read any more, or cannot be packed.
pub fn packed_now(place: &Place, definitions: &Definitions) -> Result<Vec<u8>, RunError> {
    let files = DefinitionFiles::read(place.root(), definitions.settings.targets.as_deref());
    if files.hash() != definitions.hash {
        return Err(RunError::Read("the definitions changed since they were read: ask again".to_owned()));
    }
    packed(&files).map_err(|error| RunError::Read(format!("the definitions cannot be packed: {error}")))
}

fn packed(files: &DefinitionFiles) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // The same files are the same bytes, whenever they are packed.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (name, bytes) in &files.0 {
        zip.start_file(name.as_str(), options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// The files of definitions that were kept.
///
/// # Errors
/// [`RunError::Past`] when they are not kept, or cannot be read.
pub(super) fn files(place: &Place, hash: &str) -> Result<DefinitionFiles, RunError> {
    files_in(&file_of(place, hash))
}

/// The files of definitions that were packed into a file.
///
/// # Errors
/// As [`files`].
pub(super) fn files_in(path: &Path) -> Result<DefinitionFiles, RunError> {
    let past = |message: String| RunError::Past {
        message,
        hint: "a generation of an older program has none; a state by its day is computed with the definitions of now"
            .to_owned(),
    };
    let file = File::open(path)
        .map_err(|_| past(format!("the definitions of that state are not kept (`{}`)", path.display())))?;
    let unpacked = || -> Result<BTreeMap<String, Vec<u8>>, Box<dyn std::error::Error>> {
        let mut zip = ZipArchive::new(file)?;
        let mut files = BTreeMap::new();
        for index in 0..zip.len() {
            let mut member = zip.by_index(index)?;
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes)?;
            let name = member.enclosed_name().ok_or("a name in it leads out of it")?;
            files.insert(name.to_string_lossy().into_owned(), bytes);
        }
        Ok(files)
    };
    let files = unpacked().map_err(|error| past(format!("`{}` cannot be read: {error}", path.display())))?;
    Ok(DefinitionFiles(files))
}

/// Definitions as they were, over the contracts, sources and settings of now, and without targets, which no figure is made of. `folder` is
/// a new one, for their files.
///
/// # Errors
/// [`RunError::Definitions`] when the program reads them as wrong now; [`RunError::File`] when they cannot be written out.
pub(super) fn restored(files: &DefinitionFiles, now: &Definitions, folder: &Path) -> Result<Definitions, RunError> {
    for (name, bytes) in files.0.iter().filter(|(name, _)| *name != DefinitionFiles::TARGETS) {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(FileError::at("create", parent))?;
        }
        fs::write(&path, bytes).map_err(FileError::at("write", &path))?;
    }
    let old = load(folder, None).map_err(RunError::Definitions)?;
    Ok(Definitions {
        collections: now.collections.clone(),
        sources: now.sources.clone(),
        settings: now.settings.clone(),
        ..old
    })
}

/// Clears away definitions that no kept generation was made with.
pub(super) fn clear(place: &Place) -> Result<(), RunError> {
    let wanted: BTreeSet<PathBuf> = generations(place)
        .into_iter()
        .chain(live(place))
        .filter_map(|generation| Some(file_of(place, &generation.definitions?)))
        .collect();
    for entry in fs::read_dir(place.kept_definitions()).into_iter().flatten().flatten() {
        let path = entry.path();
        if !wanted.contains(&path) {
            fs::remove_file(&path).map_err(FileError::at("remove", &path))?;
        }
    }
    Ok(())
}
